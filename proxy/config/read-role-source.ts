import type { RoleSource } from '../routing/model.ts';
import { quote, type Reading } from './problem.ts';
import { token } from './read-place.ts';

/** `header:NAME` or `claim:NAME`. */
export function readRoleSource(text: string): Reading<RoleSource> {
  const [from, ...rest] = text.split(':');
  const name = rest.join(':');
  if (from === 'header') {
    if (!token.test(name)) return { problem: `${quote(text)} names no header` };
    return { value: { from, name: name.toLowerCase() } };
  }
  if (from === 'claim') {
    if (name.trim() === '') return { problem: `${quote(text)} names no claim` };
    return { value: { from, name } };
  }
  return { problem: `${quote(text)} is neither header:NAME nor claim:NAME` };
}
