import { type Observation, pathOfTarget } from './observation.ts';

/**
 * One line of an access log: common or combined, as Apache and nginx write them, or JSON (nginx, Caddy, pino-http,
 * our own). Undefined for what is no request. Linear in the line's length, whatever is in it.
 */
export function readLogLine(line: string): Observation | undefined {
  return line.charCodeAt(0) === 0x7b ? readJsonLine(line) : readTextLine(line);
}

/** Host, identity and user have neither quotes nor brackets; `request` is quoted, with `\"` or `\x22` for a quote. */
const textLine = /^[^"[]{1,1024}\[[^\]"]{1,64}\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)/;
/** After it, `rt=0.012` or a last number such as `0.012`: nginx's `$request_time`, in seconds. */
const seconds = /(?:(?:request_time|rt)[=:]"?| )(\d+\.\d+)"?$/;

function readTextLine(line: string): Observation | undefined {
  const match = textLine.exec(line);
  if (!match) return undefined;
  const [whole, request = '', status = ''] = match;
  const time = seconds.exec(line.slice(whole.length).trimEnd());
  const durationMs = time ? Number(time[1]) * 1000 : undefined;
  return observation(request.split(' '), Number(status), durationMs);
}

function observation(
  [method = '', target = '', protocol = '']: readonly string[],
  status: number,
  durationMs: number | undefined,
): Observation | undefined {
  if (!protocol.startsWith('HTTP/')) return undefined;
  return made(method, target, status, durationMs);
}

function made(
  method: string,
  target: string,
  status: number,
  durationMs: number | undefined,
): Observation | undefined {
  const path = pathOfTarget(target);
  if (path === undefined || !/^[A-Z-]{1,20}$/.test(method) || !(status >= 100 && status <= 599))
    return undefined;
  return { method, path, status, durationMs };
}

type Members = Readonly<Record<string, unknown>>;

const methodKeys = ['method', 'request_method', 'http_method', 'verb'];
const targetKeys = ['path', 'request_uri', 'uri', 'url', 'target', 'request_path'];
const statusKeys = ['status', 'statusCode', 'status_code', 'response_code', 'response_status'];
const millisecondKeys = [
  'durationMs',
  'duration_ms',
  'responseTime',
  'response_time_ms',
  'latency_ms',
  'elapsed_ms',
];
const secondKeys = ['request_time', 'duration', 'response_time', 'upstream_response_time'];

function readJsonLine(line: string): Observation | undefined {
  const members = parse(line);
  if (members === undefined) return undefined;
  // Caddy and pino-http nest; nginx often has the whole line in `request`.
  const request = objectOf(members['request']) ?? objectOf(members['req']) ?? members;
  const response = objectOf(members['response']) ?? objectOf(members['res']) ?? members;
  const status = numberOf(members, statusKeys) ?? numberOf(response, statusKeys);
  if (status === undefined) return undefined;
  const ms = numberOf(members, millisecondKeys);
  const inSeconds = ms === undefined ? numberOf(members, secondKeys) : undefined;
  const durationMs = ms ?? (inSeconds === undefined ? undefined : inSeconds * 1000);
  const method = textOf(request, methodKeys);
  const target = textOf(request, targetKeys);
  if (method !== undefined && target !== undefined) return made(method, target, status, durationMs);
  const whole = members['request'];
  return typeof whole === 'string' ? observation(whole.split(' '), status, durationMs) : undefined;
}

function parse(line: string): Members | undefined {
  try {
    return objectOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined;
}

function textOf(members: Members, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(members, key) ? members[key] : undefined;
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** nginx writes numbers as texts, too. */
function numberOf(members: Members, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(members, key) ? members[key] : undefined;
    const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
  }
  return undefined;
}
