import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { CompareLimits } from './limits.ts';

export type DecodedBody =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/**
 * Undoes a Content-Encoding: one layer of gzip, br, deflate or zstd, within the absolute cap and the ratio cap. Runs
 * in the comparer's thread, and even a bomb costs no more than `maxBodyBytes` of output.
 */
export function decodeBody(body: Uint8Array, contentEncoding: string, limits: CompareLimits): DecodedBody {
  const encoding = contentEncoding.trim().toLowerCase();
  if (body.byteLength === 0 || encoding === '' || encoding === 'identity') return within(body, limits);
  const decode = decoders.get(encoding);
  if (decode === undefined)
    return { ok: false, reason: `content-encoding ${encoding.slice(0, 40)} is not decoded` };
  const allowed = Math.max(limits.freeInflationBytes, body.byteLength * limits.maxInflation);
  const maxOutputLength = Math.min(limits.maxBodyBytes, allowed);
  try {
    return { ok: true, bytes: decode(body, { maxOutputLength }) };
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    const what = tooLarge ? `over ${maxOutputLength} bytes when decoded` : `not valid ${encoding}`;
    return { ok: false, reason: tooLarge ? `too large: ${what}` : what };
  }
}

type Decode = (body: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['deflate', inflateEither],
  ['zstd', zstdDecompressSync],
]);

/** `deflate` means the zlib format (RFC 9110, section 8.4.1.2), but some servers send it bare. */
function inflateEither(body: Uint8Array, options: { maxOutputLength: number }): Uint8Array {
  const isZlib = ((body[0] ?? 0) & 0x0f) === 8 && (((body[0] ?? 0) << 8) | (body[1] ?? 0)) % 31 === 0;
  return isZlib ? inflateSync(body, options) : inflateRawSync(body, options);
}

function within(bytes: Uint8Array, { maxBodyBytes }: CompareLimits): DecodedBody {
  if (bytes.byteLength <= maxBodyBytes) return { ok: true, bytes };
  return { ok: false, reason: `too large: ${bytes.byteLength} bytes, over ${maxBodyBytes}` };
}
