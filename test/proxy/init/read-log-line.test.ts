import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogLine } from '../../../proxy/init/read-log-line.ts';
import { accessLine } from '../../../proxy/telemetry/access-log.ts';

const at = '[24/Nov/2026:10:00:00 +0000]';
const get = (path: string, durationMs?: number) => ({ method: 'GET', path, status: 200, durationMs });

const lines: [string, string, ReturnType<typeof get>][] = [
  ['common', `10.0.0.1 - - ${at} "GET /a/1?x=2 HTTP/1.1" 200 512`, get('/a/1')],
  ['common without bytes', `host.test - alice smith ${at} "GET /a HTTP/1.0" 200 -`, get('/a')],
  ['combined', `::1 - - ${at} "GET /a HTTP/2.0" 200 0 "https://x.test/" "curl \\"8\\""`, get('/a')],
  [
    'combined with a virtual host',
    `shop.test:443 10.0.0.1 - - ${at} "GET /a HTTP/1.1" 200 5 "-" "-"`,
    get('/a'),
  ],
  [
    "combined with nginx's request time",
    `1.1.1.1 - - ${at} "GET /a HTTP/1.1" 200 5 "-" "-" 0.025`,
    get('/a', 25),
  ],
  ['combined with rt=', `1.1.1.1 - - ${at} "GET /a HTTP/1.1" 200 5 "-" "-" rt=0.025`, get('/a', 25)],
  ['an absolute target', `1.1.1.1 - - ${at} "GET http://shop.test/a#b HTTP/1.1" 200 5`, get('/a')],
  ['nginx JSON', '{"request":"GET /a?b HTTP/1.1","status":"200","request_time":"0.025"}', get('/a', 25)],
  [
    'nginx JSON in fields',
    '{"request_method":"GET","request_uri":"/a?b","status":200,"request_time":0.025}',
    get('/a', 25),
  ],
  ['Caddy', '{"request":{"method":"GET","uri":"/a?b"},"status":200,"duration":0.025}', get('/a', 25)],
  [
    'pino-http',
    '{"req":{"method":"GET","url":"/a"},"res":{"statusCode":200},"responseTime":25}',
    get('/a', 25),
  ],
  [
    'our own',
    accessLine(
      { requestId: 'r', method: 'GET', target: '/a?b', migration: '', status: 200, durationMs: 25 },
      0,
    ).trim(),
    get('/a', 25),
  ],
];
for (const [what, line, expected] of lines) {
  test(`a line in the format ${what} is read`, () => assert.deepEqual(readLogLine(line), expected));
}

const hostile = [
  '',
  'garbage',
  `1.1.1.1 - - ${at} "\\x16\\x03\\x01" 400 0`,
  `1.1.1.1 - - ${at} "GET /a" 200 5`,
  `1.1.1.1 - - ${at} "GET /a HTTP/1.1" 999 5`,
  `1.1.1.1 - - ${at} "OPTIONS * HTTP/1.1" 200 5`,
  '{"method":"GET","path":"/a"}',
  '{"method":{"__proto__":1},"path":"/a","status":200}',
  '{"request":"GET","status":200}',
  '{"level":30,"msg":"started"}',
  `${'"'.repeat(60_000)}`,
  `1 - - [${'['.repeat(60_000)}`,
  `1.1.1.1 - - ${at} "${'\\"'.repeat(30_000)}`,
  '{'.repeat(60_000),
];
for (const [index, line] of hostile.entries()) {
  test(`hostile line ${index} (${line.slice(0, 30)}) is no request`, () =>
    assert.equal(readLogLine(line), undefined));
}
