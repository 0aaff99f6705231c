import type { JsonValue } from './json-value.ts';
import { type JsonLimits, type ParsedJson, parseJson } from './parse-json.ts';

/**
 * Server-sent events (HTML, section 9.2.6) as an array of `{ event, id, retry, data }`, each where it is
 * given; `data` as JSON where it is an object or an array. Comments, which keep a connection alive, mean nothing.
 */
export function readEventStream(text: string, limits: JsonLimits): ParsedJson {
  const events: JsonValue[] = [];
  let left = limits.maxNodes;
  let fields = new Map<string, string>();
  const dispatch = (): ParsedJson | undefined => {
    if (fields.size === 0) return undefined;
    const event = new Map<string, JsonValue>(fields);
    fields = new Map();
    left -= 1 + event.size;
    const data = event.get('data');
    if (typeof data === 'string' && /^\s*[[{]/.test(data)) {
      const parsed = parseJson(data, { ...limits, maxNodes: Math.max(left, 1) }, (nodes) => {
        left -= nodes;
      });
      if (parsed.ok) event.set('data', parsed.value);
      else if (parsed.problem === 'over-limit') return parsed;
    }
    if (left < 0) {
      return {
        ok: false,
        problem: 'over-limit',
        detail: `too large: over ${limits.maxNodes} values in events`,
      };
    }
    events.push(event);
    return undefined;
  };
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    if (line === '') {
      const problem = dispatch();
      if (problem) return problem;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    if (!fieldNames.has(name)) continue;
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    const before = name === 'data' ? fields.get('data') : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  // An event that its end cuts off counts as well: a stream is compared as far as it was seen.
  return dispatch() ?? { ok: true, value: events };
}

const fieldNames: ReadonlySet<string> = new Set(['event', 'id', 'retry', 'data']);

/** Events as they are sent; `writeJson` writes data that was JSON. */
export function writeEventStream(events: JsonValue, writeJson: (value: JsonValue) => string): string {
  let text = '';
  for (const event of Array.isArray(events) ? (events as readonly JsonValue[]) : []) {
    for (const [name, value] of event instanceof Map ? event : []) {
      const lines = typeof value === 'string' ? value : writeJson(value);
      for (const line of lines.split('\n')) text += `${name}: ${line}\n`;
    }
    text += '\n';
  }
  return text;
}
