/** Headers that say nothing about whether two answers agree, and why; `proxy-*` stands for all of that prefix. */
const reasons: readonly (readonly [name: string, reason: string])[] = [
  ['connection', 'belongs to one connection (RFC 9110, section 7.6.1)'],
  ['keep-alive', 'belongs to one connection'],
  ['ficus-generated-ids', 'said by a dry run only'],
  ['proxy-*', 'belongs to one connection'],
  ['te', 'belongs to one connection'],
  ['trailer', 'belongs to one connection'],
  ['transfer-encoding', 'belongs to one connection'],
  ['upgrade', 'belongs to one connection'],
  ['age', 'seconds in a cache'],
  ['content-encoding', 'bodies are compared decoded'],
  ['date', 'the moment of the answer'],
  ['server', 'names the software'],
  ['server-timing', 'durations of this very answer'],
  ['traceparent', 'names the trace of this very request'],
  ['tracestate', 'belongs to traceparent'],
  ['via', 'names the way the answer took'],
  ['x-correlation-id', 'names this very request'],
  ['x-powered-by', 'names the software'],
  ['x-request-id', 'names this very request'],
  ['x-response-time', 'duration of this very answer'],
  ['x-runtime', 'duration of this very answer'],
];

const names: ReadonlySet<string> = new Set(reasons.map(([name]) => name));

/** `name` in lower case. */
export function isUncomparedHeader(name: string): boolean {
  return names.has(name) || name.startsWith('proxy-');
}
