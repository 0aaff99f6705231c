import type { DifferenceKind } from '../pair.ts';
import { compareJson } from './compare-json.ts';
import { compareMarkup } from './compare-markup.ts';
import { compareText } from './compare-text.ts';
import { ignoringRule, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import type { CompareLimits } from './limits.ts';
import { bodyPlace } from './place.ts';
import type { Body } from './read-body.ts';
import { writeForm } from './read-form.ts';
import { writeJson } from './write-json.ts';
import { writeMarkup } from './write-markup.ts';

const root = bodyPlace([]);

/** Compares two bodies that were read. `rules` are those for `body:`. */
export function compareBodies(
  monolith: Body,
  service: Body,
  rules: RulesHere,
  differences: DifferenceList,
  limits: CompareLimits,
): void {
  const ignored = ignoringRule(rules);
  if (ignored !== undefined) {
    // Of two bodies that are compared at all, the bytes differ: evidently the same ones do not get here.
    ignored.mattered ||= monolith.kind !== 'empty' || service.kind !== 'empty';
    return;
  }
  const add = (kind: DifferenceKind) =>
    differences.add(root, root, kind, describeBody(monolith, limits), describeBody(service, limits));
  if (monolith.kind === 'empty' || service.kind === 'empty') {
    if (monolith.kind !== service.kind) add(service.kind === 'empty' ? 'missing' : 'extra');
  } else if (monolith.kind !== service.kind) {
    add('type');
  } else if ('value' in monolith) {
    compareJson(monolith.value, (service as typeof monolith).value, rules, differences, limits);
  } else if ('root' in monolith) {
    compareMarkup(monolith.root, (service as typeof monolith).root, rules, differences, limits);
  } else if ('text' in monolith) {
    compareText(monolith.text, (service as typeof monolith).text, rules, differences);
  } else {
    const other = service as typeof monolith;
    if (monolith.digest !== other.digest) add(monolith.byteLength === other.byteLength ? 'value' : 'length');
  }
}

/** What a body is, on one line; undefined for none. */
function describeBody(body: Body, limits: CompareLimits): string | undefined {
  switch (body.kind) {
    case 'empty':
      return undefined;
    case 'json':
      return `JSON: ${writeJson(body.value, 'line', limits.maxTextChars)}`;
    case 'lines':
      return `JSON lines: ${writeJson(body.value, 'line', limits.maxTextChars)}`;
    case 'events':
      return `events: ${writeJson(body.value, 'line', limits.maxTextChars)}`;
    case 'parts':
      return `parts: ${writeJson(body.value, 'line', limits.maxTextChars)}`;
    case 'form':
      return `form: ${writeForm(body.value, limits.maxTextChars).replaceAll('\n', '&')}`;
    case 'xml':
    case 'html':
      return `${body.kind.toUpperCase()}: ${writeMarkup(body.root, 'line', limits.maxTextChars)}`;
    case 'text':
      return `text: ${body.text.slice(0, limits.maxTextChars)}`;
    case 'opaque':
      return describeOpaque(body);
  }
}

export function describeOpaque(body: Extract<Body, { kind: 'opaque' }>): string {
  return `${body.description}, ${body.byteLength} bytes, digest ${body.digest}`;
}
