import type { JsonValue } from './json-value.ts';
import { type JsonLimits, type ParsedJson, parseJson } from './parse-json.ts';

/** Before each text of a JSON text sequence (RFC 7464). */
const recordSeparator = '\u001e';

/** A JSON value a line (NDJSON, JSON Lines), or after each record separator, as one array. */
export function readJsonLines(text: string, limits: JsonLimits): ParsedJson {
  const values: JsonValue[] = [];
  let left = limits.maxNodes;
  let number = 0;
  for (const line of text.replaceAll(recordSeparator, '\n').split(/\r?\n/)) {
    number++;
    if (line.trim() === '') continue;
    let nodes = 0;
    const parsed = parseJson(line, { ...limits, maxNodes: left }, (used) => {
      nodes = used;
    });
    if (!parsed.ok) {
      if (parsed.problem === 'over-limit') return parsed;
      return { ...parsed, detail: `line ${number}: no JSON` };
    }
    left -= nodes;
    values.push(parsed.value);
  }
  return { ok: true, value: values };
}
