import { quote, type Reading } from './problem.ts';

const maxPatternChars = 200;

/**
 * A regular expression of routes.yaml. Those that can take exponential time are refused as far as that is
 * evident: something repeated that is or ends in something repeated, and references back. What is not evident
 * ends with the time budget of comparing, so it costs its pair and no more.
 */
export function readPattern(pattern: string): Reading<RegExp> {
  if (pattern.length > maxPatternChars)
    return { problem: `is longer than ${maxPatternChars} characters: split it into several rules` };
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'gu');
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: .*: /, '');
    return { problem: `${quote(pattern)} is no regular expression: ${reason}` };
  }
  if (expression.test('')) return { problem: `${quote(pattern)} also matches nothing, so it says nothing` };
  if (refersBack(pattern))
    return { problem: `${quote(pattern)} refers back to a group, which may take for ever: write it out` };
  if (hasNestedRepetition(pattern))
    return {
      problem: `${quote(pattern)} repeats what is repeated already, which may take for ever: (a+)+ is a+`,
    };
  return { value: expression };
}

const refersBack = (pattern: string) => /\\[1-9]|\\k</.test(pattern);

/** Whether matching may take exponential time, as far as that is evident. */
export function mayTakeForEver(pattern: string): boolean {
  return refersBack(pattern) || hasNestedRepetition(pattern);
}

const unboundedAt = /[*+]|\{\d+,\}/y;

/** Whether a group that holds an unbounded repetition, or alternatives, is itself repeated without bound. */
function hasNestedRepetition(pattern: string): boolean {
  const groups: { repeats: boolean }[] = [{ repeats: false }];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '\\') at++;
    else if (character === '[') at = classEnd(pattern, at);
    else if (character === '(') groups.push({ repeats: false });
    else if (character === '|') groups.at(-1)!.repeats ||= groups.length > 1;
    else if (character === ')') {
      const inner = groups.pop()!;
      const isRepeated = isUnbounded(pattern, at + 1);
      if (isRepeated && inner.repeats) return true;
      groups.at(-1)!.repeats ||= inner.repeats || isRepeated;
    } else if (isUnbounded(pattern, at)) groups.at(-1)!.repeats = true;
  }
  return false;
}

function isUnbounded(pattern: string, at: number): boolean {
  unboundedAt.lastIndex = at;
  return unboundedAt.test(pattern);
}

function classEnd(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}
