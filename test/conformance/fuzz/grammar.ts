import type { Random } from './random.ts';

const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const extraLines = [
  'User-Agent: fuzz/1.0',
  'Accept: */*',
  'Accept-Encoding: gzip, br',
  'Cookie: sid=1; theme=dark',
  'Content-Type: application/json',
  'X-Pad: 0123456789',
  'x-empty:',
  'X-Latin: caf\xe9',
  'Connection: keep-alive',
  'Connection: keep-alive, X-Pad',
  'TE: trailers',
  'X-Forwarded-For: 10.0.0.1',
  'Expect: 100-continue',
];

/** A request that is right in every byte. Its target begins with `/f/` and the id. */
export function goodRequest(random: Random, id: string): string {
  const isOld = random.chance(0.04);
  const path = `/f/${id}${random.chance(0.3) ? `?q=${random.below(1000)}` : ''}`;
  const target = random.chance(0.05) ? `http://shop${path}` : path;
  const lines = [`${random.pick(methods)} ${target} HTTP/1.${isOld ? 0 : 1}`, 'Host: shop'];
  for (let i = random.below(4); i > 0; i--) lines.push(random.pick(extraLines));
  if (random.chance(0.03)) {
    lines.push('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13');
    lines.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==');
  }
  const kind = random.below(isOld ? 2 : 3);
  if (kind === 0) return `${lines.join('\r\n')}\r\n\r\n`;
  const body = bodyText(random, id);
  if (kind === 1) return `${[...lines, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`;
  return `${[...lines, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n${inChunks(random, body)}`;
}

/** Many bodies look like requests, or like the end of one: what slips out of its frame is then seen. */
function bodyText(random: Random, id: string): string {
  const smuggled = `GET /smuggled/${id} HTTP/1.1\r\nHost: shop\r\n\r\n`;
  switch (random.below(6)) {
    case 0:
      return '';
    case 1:
      return 'hello';
    case 2:
      return smuggled;
    case 3:
      return `0\r\n\r\n${smuggled}`;
    case 4:
      return `\r\n${smuggled}`;
    default:
      return Array.from({ length: random.below(200) }, () => String.fromCharCode(random.below(256))).join('');
  }
}

function inChunks(random: Random, body: string): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.below(Math.min(body.length - at, 40));
    const hex = size.toString(16);
    const extension = random.chance(0.1) ? random.pick([';a', ';a=b', ';a="b;c"']) : '';
    text += `${random.chance(0.2) ? hex.toUpperCase() : hex}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n${random.chance(0.2) ? 'X-Checksum: 1\r\n' : ''}\r\n`;
}
