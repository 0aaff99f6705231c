import type { DifferenceKind } from '../pair.ts';
import { compareJson } from './compare-json.ts';
import { isIgnored, type RulesHere } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import type { CompareLimits } from './limits.ts';
import { bodyPlace } from './place.ts';
import type { Body } from './read-body.ts';
import { writeJson } from './write-json.ts';

const root = bodyPlace([]);

/** Compares two bodies that were read. `rules` are those for `body:`. */
export function compareBodies(
  monolith: Body,
  service: Body,
  rules: RulesHere,
  differences: DifferenceList,
  limits: CompareLimits,
): void {
  if (isIgnored(rules)) return;
  const add = (kind: DifferenceKind) =>
    differences.add(root, root, kind, textOf(monolith, limits), textOf(service, limits));
  if (monolith.kind === 'empty' || service.kind === 'empty') {
    if (monolith.kind !== service.kind) add(service.kind === 'empty' ? 'missing' : 'extra');
  } else if (monolith.kind === 'json' && service.kind === 'json') {
    compareJson(monolith.value, service.value, rules, differences, limits);
  } else if (monolith.kind === 'opaque' && service.kind === 'opaque') {
    if (monolith.digest !== service.digest)
      add(monolith.byteLength === service.byteLength ? 'value' : 'length');
  } else if (isText(monolith) && isText(service)) {
    if (monolith.text === service.text) return;
    const line = firstDifferentLine(monolith.text, service.text);
    differences.add(root, root, 'value', line.monolith, line.service);
  } else {
    add('type');
  }
}

type TextBody = Extract<Body, { readonly text: string }>;

function isText(body: Body): body is TextBody {
  return body.kind === 'text' || body.kind === 'form';
}

function textOf(body: Body, limits: CompareLimits): string | undefined {
  switch (body.kind) {
    case 'empty':
      return undefined;
    case 'json':
      return `JSON: ${writeJson(body.value, 'line', limits.maxTextChars)}`;
    case 'text':
    case 'form':
      return `text: ${body.text.slice(0, limits.maxTextChars)}`;
    case 'opaque':
      return describeOpaque(body);
  }
}

export function describeOpaque(body: Extract<Body, { kind: 'opaque' }>): string {
  return `${body.description}, ${body.byteLength} bytes, digest ${body.digest}`;
}

/** Characters kept before the first one that differs; a minified page is one line. */
const contextChars = 60;

function firstDifferentLine(monolith: string, service: string): { monolith: string; service: string } {
  let at = 0;
  while (at < monolith.length && monolith[at] === service[at]) at++;
  const lineStart = monolith.lastIndexOf('\n', at - 1) + 1;
  const line = monolith.slice(0, lineStart).split('\n').length;
  const from = Math.max(lineStart, at - contextChars);
  const lineOf = (text: string) => {
    const end = text.indexOf('\n', at);
    const shown = text.slice(from, end < 0 ? undefined : end);
    return `line ${line}: ${from > lineStart ? '…' : ''}${shown}`;
  };
  return { monolith: lineOf(monolith), service: lineOf(service) };
}
