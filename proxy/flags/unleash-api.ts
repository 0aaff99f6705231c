import { FlagError } from './flag-source.ts';

export interface UnleashApiOptions {
  /** Ends with `/api`. */
  readonly apiUrl: string;
  readonly adminToken: string;
  readonly project: string;
  readonly environment: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const defaultTimeoutMs = 5000;

/** Unleash's admin API, with errors that say what to do. */
export class UnleashApi {
  readonly #options: UnleashApiOptions;

  constructor(options: UnleashApiOptions) {
    this.#options = options;
  }

  /** Under `/features` of the project; what the server says is for `expectDone`. Rejects with a `FlagError` when it says nothing. */
  features(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.ask(method, `/projects/${encodeURIComponent(this.#options.project)}/features${path}`, body);
  }

  /** Of a flag in the environment whose flags are read. */
  inEnvironment(method: string, flag: string, path: string, body?: unknown): Promise<Answer> {
    const environment = encodeURIComponent(this.#options.environment);
    return this.features(method, `/${flag}/environments/${environment}${path}`, body);
  }

  async ask(method: string, path: string, body?: unknown, timeoutMs = defaultTimeoutMs): Promise<Answer> {
    const { apiUrl, adminToken } = this.#options;
    try {
      const response = await fetch(`${apiUrl}/admin${path}`, {
        method,
        headers: { authorization: adminToken, 'content-type': 'application/json' },
        // A redirect would carry the token to somebody else.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: response.ok && text !== '' ? JSON.parse(text) : text };
    } catch (error) {
      throw new FlagError(`Unleash at ${apiUrl} gave no answer: ${reasonOf(error)}`, { cause: error });
    }
  }

  expectDone({ status, body }: Answer, flag: string): void {
    if (status >= 200 && status < 300) return;
    const { apiUrl, project, environment } = this.#options;
    const said = String(body).slice(0, 300);
    switch (status) {
      case 401:
        throw new FlagError(
          `Unleash at ${apiUrl} does not know UNLEASH_ADMIN_TOKEN (401): is it one of this server, and not expired?`,
        );
      case 403:
        throw new FlagError(
          `UNLEASH_ADMIN_TOKEN may not set ${flag} (403): it must be an admin token, or one that may update flags in project ${project}. Unleash says: ${said}`,
        );
      case 404:
        throw new FlagError(
          `Unleash has no ${flag} for environment "${environment}" in project ${project} (404): the environment is the one of UNLEASH_API_TOKEN; is it enabled in that project? Unleash says: ${said}`,
        );
      default:
        throw new FlagError(`Unleash at ${apiUrl} could not set ${flag} (${status}): ${said}`);
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
