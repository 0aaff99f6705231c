import { idsRule, type RulesHere } from './compiled-rules.ts';

/** Whether a rule says that the two texts are two names of one thing; that they are is learned for the other places. */
export function areSameIds(monolith: string, service: string, rules: RulesHere): boolean {
  const ids = idsRule(rules);
  if (ids === undefined) return false;
  if (monolith === service) return true;
  ids.of.mattered = true;
  if (ids.learned.size < maxLearned) ids.learned.set(service, monolith);
  return true;
}

const maxLearned = 10_000;

/** Shorter ids are no more than small numbers to whoever reads them: these hold in paths alone. */
const shortestAnywhere = 4;

/** What stands between the parts of paths, queries and sentences; a second look takes parts at any punctuation. */
const part = /[^\s/?#&=,;"'<>()[\]{}]+/g;
const word = /[\p{L}\p{N}_-]+/gu;

/** A text of the service with its ids as the monolith calls them. */
export function translateIds(text: string, learned: ReadonlyMap<string, string>): string {
  const whole = learned.get(text);
  if (whole !== undefined && text.length >= shortestAnywhere) return whole;
  return text.replace(part, (found, at: number) => {
    const inPath = at > 0 && text[at - 1] === '/';
    const known = learned.get(found);
    if (known !== undefined && (inPath || found.length >= shortestAnywhere)) return known;
    return found.replace(word, (inner) =>
      inner.length >= shortestAnywhere ? (learned.get(inner) ?? inner) : inner,
    );
  });
}
