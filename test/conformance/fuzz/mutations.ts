import type { Random } from './random.ts';

type Mutation = (text: string, random: Random) => string;

const insert = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);
const anywhere = (text: string, random: Random): number => random.below(text.length + 1);

const troublesome = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    '\r\r\n',
    '\r\n ',
    '\r\n\t',
    '\0',
    ' ',
    '\t',
    '\x0b',
    '\x0c',
    '\x7f',
  ],
  ...[
    '\x80',
    '\xff',
    '\xa0',
    '\x85',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '#',
    '?',
    '%00',
    '%0d%0a',
    '%2e%2e/',
    '/../',
    '//',
  ],
  ...['0', '0\r\n', '0\r\n\r\n', ' HTTP/1.1', 'HTTP/1.1 200 OK\r\n\r\n'],
];
const lengths = [
  ...[
    '0',
    '1',
    '4',
    '5',
    '6',
    '00',
    '005',
    '+5',
    '-1',
    '-0',
    '0x5',
    '0o5',
    '5,5',
    '5, 6',
    '5 5',
    '5;',
    '',
    ' ',
    '5 ',
  ],
  ...[
    '\t5',
    '1e1',
    '5.0',
    '1_0',
    '4294967296',
    '9007199254740993',
    '18446744073709551616',
    '9'.repeat(40),
    '\xb2',
  ],
];
const encodings = [
  ...[
    'chunked',
    'Chunked',
    'CHUNKED',
    ' chunked',
    'chunked ',
    '\tchunked',
    '\x0bchunked',
    'chunked\0',
    'xchunked',
  ],
  ...[
    'identity',
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'chunked,',
    ', chunked',
    'chunked;q=1',
  ],
  ...['"chunked"', '', 'chu\r\n nked', 'chun\xadked'],
];
const names = {
  length: [
    'Content-Length',
    'content-length',
    'CONTENT-LENGTH',
    'Content_Length',
    'Content-Length ',
    ' Content-Length',
  ],
  encoding: [
    'Transfer-Encoding',
    'transfer-encoding',
    'Transfer_Encoding',
    'Transfer.Encoding',
    'Transfer-Encoding\t',
  ],
};
const otherLines = [
  ...[
    'Host: evil',
    'Host: shop',
    'Host:',
    'Host: shop/evil',
    'Host: a@shop',
    'Host : shop',
    'Connection: close',
  ],
  ...[
    'Connection: content-length',
    'Connection: host, transfer-encoding',
    'Connection: upgrade',
    'Upgrade: h2c',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: 100-continue, x',
    'Expect: 200-ok',
    'TE: chunked',
    'Trailer: Content-Length',
  ],
  ...[
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 12',
    'Proxy-Connection: keep-alive',
    ': no name',
    'no colon',
  ],
  ...[
    '__proto__: 1',
    'constructor: 1',
    'X-Forwarded-For: 6.6.6.6',
    'X_Forwarded_For: 6.6.6.6',
    'Keep-Alive: timeout=1',
  ],
  ...[
    'X-A: b\rc',
    'X-A: b\nc',
    'X-A: b\0c',
    'Ficus-Shadow: compare',
    'Ficus-Shadow: dry-run',
    'Max-Forwards: 0',
  ],
];
const sizes = [
  ...[
    '0x5',
    '+5',
    '-5',
    ' 5',
    '5 ',
    '05',
    '5;',
    '5;a',
    '5;a=',
    '5;a="x',
    '5;a="\\"',
    '5;a\0',
    '5\r',
    '5\n',
    '1_0',
    'g',
  ],
  ...[
    '',
    '0',
    '00',
    '000000000000000000005',
    'FFFFFFFFFFFFFFFF',
    'FFFFFFFFFFFFFFFF0',
    '7fffffff',
    '80000000',
    '5;a\nb',
  ],
];
const startLines = [
  ...[
    'GET /f/x HTTP/1.0',
    'GET /f/x HTTP/1.2',
    'GET /f/x HTTP/2.0',
    'GET /f/x http/1.1',
    'GET /f/x HTTP/1.1 ',
    'GET /f/x',
  ],
  ...[
    'GET  /f/x HTTP/1.1',
    'GET\t/f/x HTTP/1.1',
    ' GET /f/x HTTP/1.1',
    'GET /f /x HTTP/1.1',
    'GET * HTTP/1.1',
    'GET x HTTP/1.1',
  ],
  ...[
    'OPTIONS * HTTP/1.1',
    'CONNECT shop:443 HTTP/1.1',
    'TRACE /f/x HTTP/1.1',
    'PRI * HTTP/2.0',
    'get /f/x HTTP/1.1',
  ],
  ...[
    'G\0T /f/x HTTP/1.1',
    'GET http://evil/f/x HTTP/1.1',
    'GET http://shop HTTP/1.1',
    'GET //evil/ HTTP/1.1',
    'PURGE /f/x HTTP/1.1',
  ],
  ...[
    'GET /f/x#y HTTP/1.1',
    'GET /f\\x HTTP/1.1',
    'GET /caf\xe9 HTTP/1.1',
    'HTTP/1.1 200 OK',
    'QUERY /f/x HTTP/1.1',
  ],
];

const inHead: Mutation = (text, random) => {
  const lineEnds = [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2);
  const headEnd = text.indexOf('\r\n\r\n') + 2;
  const places = lineEnds.filter((end) => end <= headEnd);
  const line = random.chance(0.6)
    ? random.chance(0.5)
      ? `${random.pick(names.length)}: ${random.pick(lengths)}`
      : `${random.pick(names.encoding)}:${random.pick([' ', '', '  '])}${random.pick(encodings)}`
    : random.pick(otherLines);
  return places.length === 0 ? text : insert(text, random.pick(places), `${line}\r\n`);
};

const lines: Mutation = (text, random) => {
  const all = text.split('\r\n');
  const from = random.below(all.length);
  const to = random.below(all.length + 1);
  switch (random.below(4)) {
    case 0:
      all.splice(to, 0, all[from]!);
      break;
    case 1:
      all.splice(to, 0, ...all.splice(from, 1));
      break;
    case 2:
      all.splice(from, 1);
      break;
    default:
      all[from] = insert(all[from]!, anywhere(all[from]!, random), random.pick(['\r\n ', '\r\n\t', '\n ']));
  }
  return all.join('\r\n');
};

const mutations: readonly Mutation[] = [
  function flipBit(text, random) {
    const at = random.below(Math.max(text.length, 1));
    return (
      text.slice(0, at) +
      String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))) +
      text.slice(at + 1)
    );
  },
  function dropBytes(text, random) {
    const at = anywhere(text, random);
    return text.slice(0, at) + text.slice(at + 1 + random.below(8));
  },
  function repeatBytes(text, random) {
    const at = anywhere(text, random);
    return insert(text, at, text.slice(at, at + 1 + random.below(20)));
  },
  (text, random) => insert(text, anywhere(text, random), random.pick(troublesome)),
  lines,
  inHead,
  inHead,
  inHead,
  function otherLineEnd(text, random) {
    const ends = [...text.matchAll(/\r\n/g)];
    if (ends.length === 0) return text;
    const at = random.pick(ends).index;
    return (
      text.slice(0, at) + random.pick(['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', '']) + text.slice(at + 2)
    );
  },
  function otherSize(text, random) {
    const found = [...text.matchAll(/(?<=\r\n)[0-9A-Fa-f]+(?:[ ;][^\r]*)?(?=\r\n)/g)];
    if (found.length === 0) return text;
    const { index, 0: line } = random.pick(found);
    const size = Number.parseInt(line, 16);
    const other = random.chance(0.3)
      ? Math.max(0, size + random.pick([-2, -1, 1, 2])).toString(16)
      : random.pick(sizes);
    return text.slice(0, index) + other + text.slice(index + line.length);
  },
  function otherLength(text, random) {
    const other = (_: string, length: string): string =>
      `Content-Length: ${random.chance(0.5) ? Math.max(0, Number(length) + random.pick([-3, -1, 1, 3])) : random.pick(lengths)}`;
    return text.replace(/Content-Length: (\d+)/, other);
  },
  function otherStart(text, random) {
    const end = text.indexOf('\r\n');
    return end < 0 ? text : random.pick(startLines) + text.slice(end);
  },
  function spaces(text, random) {
    const at = text.indexOf(random.pick([':', ' ', '/', 'HTTP']), random.below(text.length));
    return at < 0 ? text : insert(text, at, random.pick([' ', '\t', '  ', '\x0b', '\xa0']));
  },
  function truncate(text, random) {
    return text.slice(0, anywhere(text, random));
  },
  function giant(text, random) {
    if (!random.chance(0.1)) return text;
    return insert(
      text,
      anywhere(text, random),
      random.pick(['A', ' ', '\r\n', 'X-A: b\r\n', '0']).repeat(1 + random.below(20_000)),
    );
  },
];

/** One to three changes for the worse. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let i = random.below(3); i >= 0; i--) mutated = random.pick(mutations)(mutated, random);
  return mutated;
}

const mild: readonly Mutation[] = [
  (text, random) => insert(text, text.indexOf('\r\n') + 2, `${random.pick(mildLines)}\r\n`),
  (text) => text.replace(/Content-Length/, 'cOnTeNt-LeNgTh'),
  (text) => text.replace(/Host: shop/, 'host:shop'),
  (text) => text.replace(/Transfer-Encoding: chunked/, 'TRANSFER-ENCODING: Chunked'),
  (text) => text.replace(/HTTP\/1\.1\r\n/, 'HTTP/1.1\r\nX-Many: 1\r\nX-Many: 2\r\nx-many: 1\r\n'),
  (text, random) =>
    text.replace('/f/', random.pick(['/f/%2e%2e/', '/f//', '/f/../f/', '/f/;a=b/', '/f/%00', '/f/"'])),
  (text, random) => text.replace(/\r\n0\r\n\r\n$/, `\r\n0\r\n${random.pick(mildLines)}\r\n\r\n`),
  (text) => `\r\n${text}`,
];
const mildLines = [
  ...[
    'Connection: host',
    'Connection: content-length, transfer-encoding',
    'TE: gzip',
    'Proxy-Connection: close',
    'X:',
  ],
  ...[
    'Content_Length: 99',
    'Transfer_Encoding: chunked',
    'Transfer.Encoding: chunked',
    'X-Forwarded-For: 6.6.6.6',
  ],
  ...[
    '__proto__: 1',
    'X-A:\t a \t',
    'X-B: \xff\xfe',
    'Ficus-Force: service',
    'Max-Forwards: 0',
    'Trailer: Host',
  ],
];

/** One change after which a request is often still right, so that those behind it are read too. */
export function mutateMildly(text: string, random: Random): string {
  return random.pick(mild)(text, random);
}

/** The beginning of one with the end of another. */
export function splice(a: string, b: string, random: Random): string {
  return a.slice(0, anywhere(a, random)) + b.slice(anywhere(b, random));
}
