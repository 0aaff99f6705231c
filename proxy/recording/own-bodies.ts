import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';

/** Copied once, and moved: what arrives is a view of a larger buffer mostly, and a clone would take along all of that. */
export function withOwnBodies(exchange: LiveExchange): {
  readonly owned: LiveExchange;
  readonly buffers: ArrayBuffer[];
} {
  const request = { ...exchange.request, body: new Uint8Array(exchange.request.body) };
  const buffers = [request.body.buffer];
  if (exchange.answer.outcome !== 'complete') return { owned: { ...exchange, request }, buffers };
  const answer = { ...exchange.answer, body: new Uint8Array(exchange.answer.body) };
  return { owned: { ...exchange, request, answer }, buffers: [...buffers, answer.body.buffer] };
}

/** Memory that an exchange holds, roughly: bodies, and two bytes for each character of the heads. */
export function bytesOf({ request, answer }: LiveExchange): number {
  const chars = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0);
  const own = request.body.byteLength + 2 * (request.target.length + chars(request.headers));
  if (answer.outcome === 'complete') return own + answer.body.byteLength + 2 * chars(answer.headers);
  return answer.outcome === 'hashed' ? own + 2 * chars(answer.headers) : own;
}
