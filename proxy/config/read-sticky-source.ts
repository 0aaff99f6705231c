import type { ContextSource } from '../routing/identity.ts';
import type { StickySource } from '../routing/model.ts';
import { quote, type Reading } from './problem.ts';
import { token } from './read-place.ts';

/** `header:NAME`, `cookie:NAME`, `claim:NAME`, `ip` or `random`. */
export function readStickySource(text: string): Reading<StickySource> {
  if (text === 'ip' || text === 'random') return { value: { from: text } };
  return readContextSource(text, ', ip, random');
}

/** `header:NAME`, `cookie:NAME` or `claim:NAME`; `others`: what else may stand there, for whoever wrote none of it. */
export function readContextSource(text: string, others = ''): Reading<ContextSource> {
  const [from, ...rest] = text.split(':');
  const name = rest.join(':');
  if (from !== 'header' && from !== 'cookie' && from !== 'claim') {
    return { problem: `${quote(text)} is none of header:NAME, cookie:NAME, claim:NAME${others}` };
  }
  if (from === 'claim' ? name.trim() === '' : !token.test(name)) {
    return { problem: `${quote(text)} names no ${from}` };
  }
  return { value: { from, name: from === 'header' ? name.toLowerCase() : name } };
}
