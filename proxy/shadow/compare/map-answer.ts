import type { ReadAnswer } from './compare-pair.ts';
import { type CompareMark, mapsAt, type RulesHere } from './compiled-rules.ts';
import { JsonNumber, type JsonValue, RepeatedMember } from './json-value.ts';
import type { MarkupElement, MarkupNode } from './markup.ts';
import { attributeStep, textStep } from './markup-ids.ts';
import { bodyRoot, stepInto } from './place-tree.ts';
import type { Body } from './read-body.ts';

/** Changes a text that stands at a place with these rules. */
type Change = (text: string, rules: RulesHere) => string;

/** An expression that takes long takes it on every text: longer ones stay as they are, and differ where they do. */
const maxMappedChars = 8192;

/** The answer with what `map` rules replace on its side; what its numbers and names are stays. */
export function mapAnswer(answer: ReadAnswer, rules: RulesHere, side: 'monolith' | 'service'): ReadAnswer {
  return changeAnswer(answer, rules, (text, here) => {
    let mapped = text;
    for (const map of mapsAt(here))
      if (map.side === 'both' || map.side === side) mapped = replaced(mapped, map);
    return mapped;
  });
}

function replaced(text: string, { pattern, to, of }: Extract<CompareMark, { rule: 'map' }>): string {
  if (text.length > maxMappedChars) return text;
  const mapped = text.replace(pattern, () => to);
  if (mapped !== text) of.mattered = true;
  return mapped;
}

/** The answer with `translate` applied to every text in it, keys and numbers as well. */
export function translateAnswer(answer: ReadAnswer, translate: (text: string) => string): ReadAnswer {
  return changeAnswer(answer, [], translate, translate);
}

function changeAnswer(
  { status, headers, body }: ReadAnswer,
  rules: RulesHere,
  change: Change,
  changeName?: (text: string) => string,
): ReadAnswer {
  const headerRules = stepInto(rules, 'header');
  return {
    status,
    headers: headers.map((text, index) =>
      index % 2 === 0 ? text : change(text, stepInto(headerRules, headers[index - 1]!.toLowerCase())),
    ),
    body: changeBody(body, bodyRoot(rules), change, changeName),
  };
}

function changeBody(
  body: Body,
  rules: RulesHere,
  change: Change,
  changeName?: (text: string) => string,
): Body {
  switch (body.kind) {
    case 'json':
    case 'lines':
    case 'events':
    case 'parts':
      return { kind: body.kind, value: changeJson(body.value, rules, change, changeName) };
    case 'form':
      return { kind: 'form', value: changeJson(body.value, rules, change, changeName) as typeof body.value };
    case 'xml':
    case 'html':
      return { kind: body.kind, root: changeMarkup(body.root, rules, change) };
    case 'text': {
      const here = [...rules, ...stepInto(rules, 0)];
      return {
        kind: 'text',
        text: body.text
          .split('\n')
          .map((line) => change(line, here))
          .join('\n'),
      };
    }
    case 'empty':
    case 'opaque':
      return body;
  }
}

function changeJson(
  value: JsonValue,
  rules: RulesHere,
  change: Change,
  changeName?: (text: string) => string,
): JsonValue {
  // Below a place that no rule reaches, nothing is to be mapped.
  if (changeName === undefined && rules.length === 0) return value;
  if (typeof value === 'string') return change(value, rules);
  if (value instanceof JsonNumber) return changeName ? new JsonNumber(changeName(value.text)) : value;
  if (value instanceof Map) {
    const members = new Map<string, JsonValue>();
    for (const [key, member] of value) {
      members.set(changeName?.(key) ?? key, changeJson(member, stepInto(rules, key), change, changeName));
    }
    return members;
  }
  if (value instanceof RepeatedMember)
    return new RepeatedMember(value.values.map((each) => changeJson(each, rules, change, changeName)));
  if (!Array.isArray(value)) return value;
  return value.map((each: JsonValue, index) => changeJson(each, stepInto(rules, index), change, changeName));
}

/** `rules` are those for the element's own place. */
function changeMarkup(element: MarkupElement, rules: RulesHere, change: Change): MarkupElement {
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes)
    attributes.set(name, change(value, stepInto(rules, attributeStep(name))));
  const children = element.children.map((child): MarkupNode => {
    if (typeof child !== 'string') return changeMarkup(child, stepInto(rules, child.name), change);
    return change(child, [...rules, ...stepInto(rules, textStep)]);
  });
  return { ...element, attributes, children };
}
