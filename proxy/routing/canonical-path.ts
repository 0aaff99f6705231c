/**
 * The one canonical form of a path. A request whose path is not in it still reaches the default
 * upstream byte for byte, but can never match a migrated route: what two parsers could read as two
 * different paths is decided by neither of them.
 */

const SLASH = 0x2f;
const PERCENT = 0x25;
const DOT = 0x2e;

/** 1 for characters that stand for themselves in a canonical segment: RFC 3986 pchar without `;` and `%`. */
const plain = new Uint8Array(256);
/** 1 for unreserved characters (RFC 3986, 2.3), which canonical paths never percent-encode. */
const unreserved = new Uint8Array(256);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  plain[c.charCodeAt(0)] = 1;
  unreserved[c.charCodeAt(0)] = 1;
}
for (const c of "!$&'()*+,=:@") plain[c.charCodeAt(0)] = 1;

/** Value of an upper-case hex digit, or -1: lower-case digits are not canonical (RFC 3986, 6.2.2.1). */
function upperHexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return -1;
}

/** Whether an octet may be written percent-encoded: not what would be plain, a separator, a dot, or a control. */
function mayBeEncoded(octet: number): boolean {
  if (octet <= 0x1f || octet === 0x7f) return false;
  if (octet === SLASH || octet === 0x5c || octet === PERCENT || octet === 0x3b) return false;
  if (octet === 0x3f || octet === 0x23) return false;
  return unreserved[octet] === 0;
}

/**
 * Whether `path` (no query) is canonical: starts with one slash; no empty, `.` or `..` segment except a
 * trailing empty one; no `;`, `\`, control or non-ASCII character; percent-encoding only where it is
 * needed, in upper case, and never of `/ \ % ; ? #`.
 */
export function isCanonicalPath(path: string): boolean {
  const length = path.length;
  if (path.charCodeAt(0) !== SLASH) return false;
  let segmentStart = 1;
  for (let i = 1; i < length; i++) {
    const code = path.charCodeAt(i);
    if (code === SLASH) {
      if (i === segmentStart || isDotSegment(path, segmentStart, i)) return false;
      segmentStart = i + 1;
    } else if (code === PERCENT) {
      const high = upperHexValue(path.charCodeAt(i + 1));
      const low = upperHexValue(path.charCodeAt(i + 2));
      if (high < 0 || low < 0 || !mayBeEncoded(high * 16 + low)) return false;
      i += 2;
    } else if (code > 0xff || plain[code] === 0) {
      return false;
    }
  }
  return !isDotSegment(path, segmentStart, length);
}

function isDotSegment(path: string, start: number, end: number): boolean {
  if (end - start === 1) return path.charCodeAt(start) === DOT;
  return end - start === 2 && path.charCodeAt(start) === DOT && path.charCodeAt(start + 1) === DOT;
}
