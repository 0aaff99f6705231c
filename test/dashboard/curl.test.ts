import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  curlCommand,
  type StoredRequest,
  shellWord,
} from '../../dashboard/src/differences/pair-actions/curl.ts';

const url = 'http://127.0.0.1:9000/a';
const request = (changes: Partial<StoredRequest> = {}): StoredRequest => ({
  method: 'GET',
  target: '/a',
  headers: [],
  body: '',
  ...changes,
});

describe('a request as a curl command', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ficus-curl-'));
    // Stands in for curl: says what it was called with.
    writeFileSync(path.join(folder, 'curl'), `#!/bin/sh\nprintf '%s\\0' "$@"\n`, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What a shell makes of it: the arguments. */
  function argumentsOf(command: string, env: Record<string, string> = {}): string[] {
    const output = execFileSync('sh', ['-c', command], {
      env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return output.split('\0').slice(0, -1);
  }

  test('every character stands for itself, and none does anything', () => {
    const all = Array.from({ length: 0x2ff }, (_, code) => String.fromCodePoint(code + 1)).join('');
    const texts = [
      all,
      [...all].reverse().join(''),
      `'; touch ${folder}/ran; '`,
      `$(touch ${folder}/ran)\`touch ${folder}/ran\`\\\n\r\n`,
      '\u2028\u2029\u202e\u200b\ufeff\u{1f600}\u{e0001}',
      "-'-!-\\",
      '',
      '@/etc/passwd',
      '\u001b[201~\nrm -rf /\n',
    ];
    const command = `curl ${texts.map(shellWord).join(' ')}`;
    assert.deepEqual(argumentsOf(command), texts);
    assert.throws(() => argumentsOf(`cat ${folder}/ran`));
    // Nothing that a terminal would act on when it is pasted.
    assert.doesNotMatch(command, /[^\P{C}\n\t]|[\u2028\u2029]/u);
  });

  test('what no argument can have is left out or replaced', () => {
    assert.deepEqual(argumentsOf(`curl ${shellWord('a\0b\ud800c')}`), ['ab\ufffdc']);
  });

  test('a GET has its URL and headers, but what belongs to one connection', () => {
    const headers = ['Accept', 'a, b', 'X-Empty', '', 'Connection', 'close', 'Host', 'shop', '@evil', 'x'];
    assert.deepEqual(argumentsOf(curlCommand(request({ headers }), { url: `${url}?q=[1-3]&{a}` })), [
      ...['--globoff', '--path-as-is', '--url', `${url}?q=[1-3]&{a}`],
      ...['--header', 'Accept: a, b', '--header', 'X-Empty;', '--header', 'Host: shop'],
    ]);
  });

  test('a body is sent as it is, also one that curl would take for a file', () => {
    const headers = ['content-type', 'text/plain', 'content-length', '9', 'content-encoding', 'gzip'];
    const post = request({ method: 'POST', body: "@it's\n$HOME", headers });
    assert.deepEqual(argumentsOf(curlCommand(post, { url })).slice(4), [
      ...['--header', 'content-type: text/plain', '--data-raw', "@it's\n$HOME"],
    ]);
    const untyped = argumentsOf(curlCommand(request({ method: 'PUT', body: 'x' }), { url }));
    assert.deepEqual(untyped.slice(2, 4), ['--request', 'PUT']);
    assert.deepEqual(untyped.slice(-4), ['--header', 'Content-Type:', '--data-raw', 'x']);
  });

  test('methods: a HEAD waits for no body, a GET with one stays a GET', () => {
    assert.deepEqual(argumentsOf(curlCommand(request({ method: 'HEAD' }), { url }))[2], '--head');
    assert.deepEqual(argumentsOf(curlCommand(request({ body: 'x' }), { url })).slice(2, 4), [
      '--request',
      'GET',
    ]);
    assert.deepEqual(argumentsOf(curlCommand(request({ method: 'POST' }), { url })).slice(2, 4), [
      '--request',
      'POST',
    ]);
  });

  test('an upstream is a socket, has a Host of its own, or packs its answers', () => {
    const headers = ['Host', 'shop', 'Accept-Encoding', 'gzip'];
    const address = { url: 'http://localhost/a', unixSocket: '/run/a b.sock', host: 'own.example' };
    assert.deepEqual(argumentsOf(curlCommand(request({ headers }), address)).slice(2), [
      ...['--compressed', '--unix-socket', '/run/a b.sock', '--url', 'http://localhost/a'],
      ...['--header', 'Host: own.example', '--header', 'Accept-Encoding: gzip'],
    ]);
  });

  test('something was hidden, it is a variable: named above, sent when it is set, and refused when it is not', () => {
    const headers = [
      'Authorization',
      '‹redacted:0a1b2c3d›',
      'Cookie',
      'a=‹redacted:11112222›; b=‹redacted:0a1b2c3d›',
    ];
    const command = curlCommand(request({ headers }), { url });
    assert.match(
      command,
      /^# Hidden by Ficus; set these before you run it: REDACTED_0a1b2c3d, REDACTED_11112222\n/,
    );
    const env = { REDACTED_0a1b2c3d: "it's $HOME", REDACTED_11112222: 'two' };
    assert.deepEqual(argumentsOf(command, env).slice(4), [
      ...['--header', "Authorization: it's $HOME", '--header', "Cookie: a=two; b=it's $HOME"],
    ]);
    assert.throws(
      () => argumentsOf(command, { REDACTED_11112222: 'two' }),
      /REDACTED_0a1b2c3d: is hidden by Ficus/,
    );
  });

  test('the body was not kept, was cut or is no copy of the bytes, the command says so', () => {
    const of = (body: string, type = 'application/octet-stream') =>
      curlCommand(request({ method: 'POST', body, headers: ['content-type', type] }), { url });
    assert.match(of('<image/png, 512 bytes, digest ‹redacted:0a1b2c3d›>'), /^# The body was not kept/);
    assert.match(of('<2000000 bytes, not kept: over 1048576 bytes>'), /^# The body was not kept/);
    assert.doesNotMatch(of('<2000000 bytes, not read: too large>'), /--data-raw/);
    assert.match(of('abc… <cut>', 'text/plain'), /^# The body was cut/);
    assert.match(of('{\n  "a": 1\n}', 'application/json'), /^# The body is the same JSON/);
    assert.match(of('[\n  {}\n]', 'multipart/form-data; boundary=x'), /^# Of the multipart\/form-data body/);
    assert.match(of('a\\u001bb', 'text/plain'), /^# A control character is spelled out/);
    assert.doesNotMatch(of('plain', 'text/plain'), /^#/);
  });
});
