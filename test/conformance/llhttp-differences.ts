interface Difference {
  readonly ours: 'passes' | 'refused';
  readonly why: string;
}

const NOT_HTTP = 'Only HTTP/1.0 and HTTP/1.1 are spoken to upstreams.';
const STRAY_BREAK =
  'RFC 9112, 2.2 lets a server skip empty lines before a request; before an answer they are left over from something else.';
const CODING =
  'It would last until the connection closes, in a coding that we can neither undo nor pass on: our own framing replaces it.';
const NO_UPGRADE = 'The client asked for no upgrade, so nothing may switch.';
const DROPPED = 'The answer itself is whole; what follows is thrown away with the connection.';

/** Where we differ from llhttp in its strict mode, on purpose. */
export const llhttpDifferences: Readonly<Record<string, Difference>> = {
  'sample.md: RTSP response': { ours: 'refused', why: NOT_HTTP },
  'sample.md: ICE response': { ours: 'refused', why: NOT_HTTP },
  'sample.md: HTTP version 0.9': { ours: 'refused', why: NOT_HTTP },
  'sample.md: Response starting with CRLF': { ours: 'refused', why: STRAY_BREAK },
  'connection.md: HTTP 100 first, then 400': { ours: 'refused', why: STRAY_BREAK },
  'transfer-encoding.md: `chunked` before other transfer-encoding': { ours: 'refused', why: CODING },
  'transfer-encoding.md: multiple transfer-encoding where chunked is not the last one': {
    ours: 'refused',
    why: CODING,
  },
  'transfer-encoding.md: `chunkedchunked` transfer-encoding does not enable chunked enconding': {
    ours: 'refused',
    why: CODING,
  },
  'connection.md: HTTP 101 response with Upgrade and Content-Length header': {
    ours: 'refused',
    why: NO_UPGRADE,
  },
  'connection.md: HTTP 101 response with Upgrade and Transfer-Encoding header': {
    ours: 'refused',
    why: NO_UPGRADE,
  },
  'connection.md: HTTP/1.1 with keep-alive disabled, content-length (lenient)': {
    ours: 'passes',
    why: DROPPED,
  },
  'connection.md: HTTP/1.1 with keep-alive disabled and 204 status (lenient)': {
    ours: 'passes',
    why: DROPPED,
  },
};
