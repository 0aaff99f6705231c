import { flagOf } from './flag-names.ts';
import { FlagError, type ShareChange } from './flag-source.ts';
import { formatShare, shareProblem, shareStrategy } from './share.ts';

export interface UnleashAdminOptions {
  /** Ends with `/api`. */
  readonly apiUrl: string;
  readonly adminToken: string;
  readonly project: string;
  readonly environment: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const timeoutMs = 5000;
/** Shown in Unleash beside the strategy. */
const maxTitleLength = 120;

/** Sets shares through Unleash's admin API. */
export class UnleashAdmin {
  readonly #options: UnleashAdminOptions;

  constructor(options: UnleashAdminOptions) {
    this.#options = options;
  }

  /**
   * Gives the flag one strategy, which asks for the share, and turns it on; for 0 % only turns it off. Rejects with a `FlagError` that says what to do.
   */
  async setShare(change: ShareChange): Promise<void> {
    const problem = shareProblem(change.percent);
    if (problem !== undefined) throw new FlagError(problem);
    const flag = flagOf(change.migrationId, change.which);
    const isThere = await this.#isThere(flag);
    if (!isThere && change.percent === 0) return;
    if (!isThere) await this.#create(flag, change);
    // Going to 0 % switches the flag off and leaves what it asks of whom as it is.
    if (change.percent === 0) return this.#turn(flag, 'off');
    // A strategy is set before its flag is turned on: in between nobody gets more.
    await this.#setStrategy(flag, change);
    await this.#turn(flag, 'on');
  }

  async #isThere(flag: string): Promise<boolean> {
    const answer = await this.#ask('GET', `/${flag}`);
    if (answer.status === 404) return false;
    this.#expectDone(answer, flag);
    return true;
  }

  async #create(flag: string, { migrationId, which }: ShareChange): Promise<void> {
    const description =
      which === 'serve'
        ? `Ficus: share of users that the service of ${migrationId} answers`
        : `Ficus: share of the requests of ${migrationId} that are copied`;
    const answer = await this.#ask('POST', '', { name: flag, type: 'release', description });
    if (answer.status === 409) {
      throw new FlagError(`the flag ${flag} is archived in Unleash: revive it there, then try again`);
    }
    this.#expectDone(answer, flag);
  }

  async #turn(flag: string, to: 'on' | 'off'): Promise<void> {
    this.#expectDone(await this.#ask('POST', `${this.#environmentPath(flag)}/${to}`), flag);
  }

  async #setStrategy(
    flag: string,
    { migrationId, which, percent, actor, reason }: ShareChange,
  ): Promise<void> {
    const path = `${this.#environmentPath(flag)}/strategies`;
    const found = await this.#ask('GET', path);
    this.#expectDone(found, flag);
    const title = `${formatShare(percent)} by ${actor}: ${reason}`.slice(0, maxTitleLength);
    const strategy = { ...shareStrategy(migrationId, which, percent), title, segments: [], disabled: false };
    const existing = found.body as readonly { readonly id: string; readonly name: string }[];
    const ours = existing.find(({ name }) => name === strategy.name);
    const answer = ours
      ? await this.#ask('PUT', `${path}/${ours.id}`, strategy)
      : await this.#ask('POST', path, strategy);
    this.#expectDone(answer, flag);
    for (const other of existing) {
      if (other !== ours) this.#expectDone(await this.#ask('DELETE', `${path}/${other.id}`), flag);
    }
  }

  #environmentPath(flag: string): string {
    return `/${flag}/environments/${encodeURIComponent(this.#options.environment)}`;
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const { apiUrl, adminToken, project } = this.#options;
    const url = `${apiUrl}/admin/projects/${encodeURIComponent(project)}/features${path}`;
    try {
      const response = await fetch(url, {
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

  #expectDone({ status, body }: Answer, flag: string): void {
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
