/** One request to the monolith with everything that is needed to send it. */
export type MonolithPath = {
  /** Unique. */
  name: string;
  method: string;
  /** The request target as it goes over the wire, with its query. */
  path: string;
  headers?: Record<string, string>;
  /** Content-Length is the sender's to add. */
  body?: Buffer | string;
  /** Needs the Cookie header that `login` gives. */
  login?: true;
  /** `http` when absent. */
  kind?: 'http' | 'websocket' | 'sse';
  /**
   * `stable`: sent again, it gets the same bytes apart from `Date`. `changes`: it is an unsafe request, made so that
   * sending it again gets the same answer as far as that is possible; `mayDiffer` says what can't be the same.
   */
  reads: 'stable' | 'changes';
  /** As in routes.yaml: `header:location`, `body:/ORD_NO`. */
  mayDiffer?: readonly string[];
  /** WebSockets only: the messages to send, and how many then come back. */
  send?: readonly (Buffer | string)[];
  receives?: number;
};

/** One of the API keys that the demo's monolith is started with. */
export const demoApiKey = 'demo-key';

export const withKey = { 'X-Api-Key': demoApiKey };
export const withJson = { ...withKey, 'Content-Type': 'application/json' };
export const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' };
export const takesGzip = { 'Accept-Encoding': 'gzip' };

type Rest = Omit<MonolithPath, 'name' | 'method' | 'path' | 'reads'>;

export const get = (name: string, path: string, rest: Rest = {}): MonolithPath => ({
  name,
  method: 'GET',
  path,
  ...rest,
  reads: 'stable',
});

export const head = (name: string, path: string, rest: Rest = {}): MonolithPath => ({
  ...get(name, path, rest),
  method: 'HEAD',
});

export const options = (name: string, path: string): MonolithPath => ({
  ...get(name, path),
  method: 'OPTIONS',
});

export const change = (name: string, method: string, path: string, rest: Rest = {}): MonolithPath => ({
  name,
  method,
  path,
  ...rest,
  reads: 'changes',
});
