/** Parses typical answers as they come from upstreams and prints how many a second of CPU time, best of several rounds. */
import { ResponseParser } from '../../proxy/data-plane/response-parser.ts';

const ANSWERS = 300_000;
const ROUNDS = 5;

const small = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n' +
    'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nok',
);
const typical = Buffer.from(
  'HTTP/1.1 200 OK\r\nServer: Apache/2.4.62 (Debian)\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n' +
    'Content-Type: application/json; charset=utf-8\r\nContent-Length: 27\r\nCache-Control: private, no-cache\r\n' +
    'ETag: W/"1b-2f5c8d1e9a7b"\r\nVary: Accept-Encoding, Cookie\r\nX-Content-Type-Options: nosniff\r\n' +
    'Strict-Transport-Security: max-age=31536000; includeSubDomains\r\nX-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e\r\n' +
    'Set-Cookie: sid=3q2-7wEr4ty5ui6op; Path=/; HttpOnly; Secure; SameSite=Lax\r\nConnection: keep-alive\r\n\r\n' +
    '{"items":[1,2,3],"next":""}',
);
const chunked = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nDate: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\n' +
    '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
);

let heard = 0;
const parser = new ResponseParser({
  onInformation() {},
  onHead: (head) => {
    heard += head.headers.length;
  },
  onBody: (chunk) => {
    heard += chunk.length;
  },
  onEnd() {},
});

for (const [name, answer] of Object.entries({ small, typical, chunked })) {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage();
    for (let i = 0; i < ANSWERS; i++) {
      parser.begin('GET');
      if (parser.execute(answer) !== undefined) throw new Error(`${name} was refused`);
    }
    const { user, system } = process.threadCpuUsage(before);
    best = Math.max(best, ANSWERS / (user + system));
  }
  console.log(`${name.padEnd(8)} ${Math.round(best * 1e6).toLocaleString('en')} answers/s`);
}
if (heard === 0) throw new Error('nothing was parsed');
