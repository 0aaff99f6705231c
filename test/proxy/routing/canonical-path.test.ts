import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCanonicalPath } from '../../../proxy/routing/canonical-path.ts';

const canonical: [path: string, why: string][] = [
  ['/', 'the root'],
  ['/api/products', 'plain segments'],
  ['/api/products/', 'one trailing slash'],
  ["/a!b$c&d'e(f)g*h+i,j=k:l@m", 'sub-delimiters, colon and at sign as themselves'],
  ['/-._~', 'unreserved characters'],
  ['/a.b', 'a dot within a segment'],
  ['/...', 'three dots'],
  ['/.well-known/x', 'a segment that begins with a dot'],
  ['/a..', 'two dots behind a letter'],
  ['/caf%C3%A9', 'UTF-8 in upper-case hex'],
  ['/a%20b', 'a space that has to be encoded'],
  ['/%22%3C%3E%5B%5D%5E%60%7B%7C%7D', 'characters that may not stand for themselves'],
  ['/a%2Bb', 'an encoded sub-delimiter'],
  ['/%80%FF', 'octets that are no UTF-8'],
];

const notCanonical: [path: string, why: string][] = [
  ['', 'nothing'],
  ['*', 'an asterisk'],
  ['api', 'no slash in front'],
  ['//', 'an empty segment alone'],
  ['//api', 'an empty first segment'],
  ['/api//products', 'an empty segment'],
  ['/api/products//', 'two trailing slashes'],
  ['/.', 'a dot segment'],
  ['/..', 'a double-dot segment'],
  ['/./api', 'a dot segment in front'],
  ['/api/./products', 'a dot segment in the middle'],
  ['/api/../admin', 'a double-dot segment in the middle'],
  ['/api/..', 'a double-dot segment at the end'],
  ['/api/%2e%2e/admin', 'encoded dots'],
  ['/api/%2E%2E/admin', 'encoded dots in upper case'],
  ['/api/.%2E/admin', 'one dot encoded'],
  ['/api%2Fproducts', 'an encoded slash'],
  ['/api%2fproducts', 'an encoded slash in lower case'],
  ['/api%5Cproducts', 'an encoded backslash'],
  ['/api\\products', 'a backslash'],
  ['/api\\..\\admin', 'backslash dot segments'],
  ['/api;v=1/products', 'a path parameter'],
  ['/api/..;/admin', 'dots with a path parameter'],
  ['/api/..;foo=bar/admin', 'dots with a filled path parameter'],
  ['/api%3Bv=1', 'an encoded semicolon'],
  ['/api%3Fx', 'an encoded question mark'],
  ['/api%23x', 'an encoded fragment sign'],
  ['/api#x', 'a fragment'],
  ['/api?x', 'a query, which is no part of a path'],
  ['/a%25b', 'an encoded percent sign'],
  ['/a%252Fb', 'a double-encoded slash'],
  ['/caf%c3%a9', 'lower-case hex'],
  ['/a%2bb', 'one lower-case hex digit'],
  ['/%41', 'an encoded letter'],
  ['/%7E', 'an encoded tilde'],
  ['/%2D', 'an encoded dash'],
  ['/a%00b', 'an encoded NUL'],
  ['/a%0Ab', 'an encoded line feed'],
  ['/a%0D%0Ab', 'an encoded line break'],
  ['/a%7F', 'an encoded DEL'],
  ['/a\0b', 'a NUL'],
  ['/a\tb', 'a tab'],
  ['/a b', 'a space'],
  ['/a\x7f', 'a DEL'],
  ['/caf\xe9', 'a latin1 byte'],
  ['/caf\xc3\xa9', 'UTF-8 bytes'],
  ['/\u0101', 'a character beyond one byte'],
  ['/a%', 'a percent sign at the end'],
  ['/a%2', 'half an encoding'],
  ['/a%zz', 'no hex digits'],
  ['/a%2/', 'an encoding cut by a slash'],
  ['/a%\u01315', 'a digit beyond one byte'],
  ['/a"b', 'a quote'],
  ['/a<b>', 'angle brackets'],
  ['/{id}', 'braces'],
  ['/a|b', 'a bar'],
  ['/a^b', 'a caret'],
  ['/a`b', 'a backtick'],
  ['/[a]', 'square brackets'],
];

describe('canonical path', () => {
  for (const [path, why] of canonical) {
    test(`${JSON.stringify(path)} is canonical: ${why}`, () => assert.equal(isCanonicalPath(path), true));
  }
  for (const [path, why] of notCanonical) {
    test(`${JSON.stringify(path)} is not: ${why}`, () => assert.equal(isCanonicalPath(path), false));
  }

  test('of every octet, encoded, exactly those that may not stand for themselves are canonical', () => {
    const encodable = [];
    for (let octet = 0; octet < 256; octet++) {
      const hex = octet.toString(16).toUpperCase().padStart(2, '0');
      if (isCanonicalPath(`/${'%'}${hex}`)) encodable.push(octet);
    }
    // Left out: controls and DEL, unreserved characters, and # % / ; ? \ which some parser would act on.
    const expected = [...Array(256).keys()].filter((octet) => {
      const char = String.fromCharCode(octet);
      return octet > 0x1f && octet !== 0x7f && !/[A-Za-z0-9\-._~#%/;?\\]/.test(char);
    });
    assert.deepEqual(encodable, expected);
  });
});
