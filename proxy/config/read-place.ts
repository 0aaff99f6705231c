import type { Place } from '../routing/model.ts';
import { quote, type Reading } from './problem.ts';

/** RFC 9110, 5.6.2: what names of headers and methods are made of. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const cookiePlace = /^set-cookie\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(\/[a-z-]+)?$/;
/** Headers that are compared by directive. */
const directivePlace =
  /^(?:cache-control|cdn-cache-control|surrogate-control|pragma|permissions-policy|strict-transport-security|content-disposition|content-security-policy(?:-report-only)?)\/[a-z0-9*-]+$/;
const pointer = /^(\/([^~/]|~[01])*)+$/;

/** `status`, `header:<lower-case name>`, `body:<JSON pointer>`; `body:` is the whole body. */
export function readPlace(text: string): Reading<Place> {
  if (text === 'status') return { value: text };
  if (text.startsWith('header:')) {
    const name = text.slice('header:'.length);
    // Cookies are compared one by one, and attribute by attribute.
    if (cookiePlace.test(name) || directivePlace.test(name)) return { value: text };
    if (!token.test(name)) return { problem: `${quote(text)} names no header` };
    if (name !== name.toLowerCase()) {
      return { problem: `${quote(text)} must be lower-case: header:${name.toLowerCase()}` };
    }
    return { value: text };
  }
  if (text.startsWith('body:')) {
    const rest = text.slice('body:'.length);
    if (rest === '' || isPointer(rest)) return { value: text };
    if (!rest.startsWith('/')) {
      return { problem: `${quote(text)} needs a slash, as JSON pointers do: ${quote(`body:/${rest}`)}` };
    }
    return { problem: `${quote(text)} is no JSON pointer: ~ is written ~0, and / within a name ~1` };
  }
  return { problem: `${quote(text)} is no place: write status, header:<name> or body:/<JSON pointer>` };
}

/** A place that has a value: a header or something in the body. */
export function readValuePlace(text: string): Reading<Place> {
  const place = readPlace(text);
  if ('problem' in place || place.value !== 'status') return place;
  return { problem: `${quote(text)} must be a place with a value: header:<name> or body:/<JSON pointer>` };
}

/** A place within a body, for rules that only make sense there. */
export function readBodyPlace(text: string): Reading<Place> {
  const place = readPlace(text);
  if ('problem' in place || place.value.startsWith('body:')) return place;
  return { problem: `${quote(text)} must be a place in the body: body:/<JSON pointer>` };
}

/** RFC 6901, and not the whole document. */
export function isPointer(text: string): boolean {
  return pointer.test(text);
}
