/** A WebSocket handshake with the key of RFC 6455, 1.3. */
export function handshake(target: string, ...lines: string[]): string {
  const all = [
    'Host: shop',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  ];
  return `GET ${target} HTTP/1.1\r\n${all.map((line) => `${line}\r\n`).join('')}\r\n`;
}

/** The answer that accepts it. */
export function agreed(...lines: string[]): string {
  const all = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    ...lines,
  ];
  return `HTTP/1.1 101 Switching Protocols\r\n${all.map((line) => `${line}\r\n`).join('')}\r\n`;
}
