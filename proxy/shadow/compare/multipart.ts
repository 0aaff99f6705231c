import type { MediaType } from './media-type.ts';

/**
 * A multipart body with an empty boundary: every answer makes up one of its own (RFC 2046, section 5.1.1), and
 * what is compared is the parts, by their bytes. As it is where the boundary is not said.
 */
export function withoutBoundary(bytes: Uint8Array, { parameters }: MediaType): Uint8Array {
  const boundary = parameters.get('boundary') ?? '';
  if (boundary === '' || boundary.length > 70) return bytes;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = whole.indexOf(delimiter); at >= 0; at = whole.indexOf(delimiter, from)) {
    parts.push(whole.subarray(from, at), Buffer.from('--'));
    from = at + delimiter.length;
  }
  parts.push(whole.subarray(from));
  return Buffer.concat(parts);
}
