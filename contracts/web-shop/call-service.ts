type Failure = { error: { code: string; message: string } };

/** A service's answer that is an error, as the shop's code sees it. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: Failure['error']) {
    super(message);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
  }
}

export type ServiceCall = <Answer>(path: string, init?: RequestInit) => Promise<Answer>;

/** How the web shop asks a service for JSON, wherever that runs. Answers that are errors throw a ServiceError. */
export function createServiceCall(baseUrl: string, apiKey?: string): ServiceCall {
  return async <Answer>(path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('Accept', 'application/json');
    if (apiKey !== undefined) headers.set('X-Api-Key', apiKey);
    const response = await fetch(new URL(path, baseUrl), { ...init, headers });
    const body: unknown = await response.json();
    if (!response.ok) throw new ServiceError(response.status, (body as Failure).error);
    return body as Answer;
  };
}
