import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { LastWrites } from '../../../proxy/data-plane/read-your-writes.ts';
import { readSideCookie, setSideCookie, withoutSideCookies } from '../../../proxy/data-plane/side-cookie.ts';
import { startTestEstate, type TestEstate, type TestEstateOptions } from './test-estate.ts';

const key = 'a key that nobody else has';
const rules = { migration: 'catalog', seconds: 30, key, secure: false };
const nowMs = 1_764_000_000_000;
const pair = (setCookie: string): string => setCookie.split(';')[0]!;

describe('the cookie of a write', () => {
  test('names the side it was made for, until its time is over', () => {
    for (const side of ['monolith', 'service'] as const) {
      const cookie = pair(setSideCookie(side, rules, nowMs));
      assert.equal(readSideCookie(`a=b; ${cookie}`, rules, nowMs + 29_000), side);
      assert.equal(readSideCookie(cookie, rules, nowMs + 30_000), undefined);
    }
  });

  test('over TLS is for this host alone; without it says nothing that would not hold', () => {
    assert.match(
      setSideCookie('service', { ...rules, secure: true }, nowMs),
      /^__Host-ficus-side-catalog=service\.\d+\.[\w-]{43}; Path=\/; Max-Age=30; HttpOnly; SameSite=Lax; Secure$/,
    );
    assert.match(
      setSideCookie('service', rules, nowMs),
      /^ficus-side-catalog=[^;]+; Path=\/; Max-Age=30; HttpOnly; SameSite=Lax$/,
    );
  });

  const cookie = pair(setSideCookie('service', rules, nowMs));
  const foreign: Readonly<Record<string, string>> = {
    'of another migration': cookie.replace('-catalog=', '-orders='),
    'that is there twice': `${cookie}; ${cookie}`,
    'with another side': cookie.replace('=service.', '=monolith.'),
    'with a longer time': cookie.replace(/\.\d+\./, (until) => `.${Number(until.slice(1, -1)) + 5}.`),
    'signed with another key': pair(setSideCookie('service', { ...rules, key: 'another' }, nowMs)),
    'that lasts longer than is given now': pair(setSideCookie('service', { ...rules, seconds: 600 }, nowMs)),
    'that came over TLS on a request without it': pair(
      setSideCookie('service', { ...rules, secure: true }, nowMs),
    ),
    'without a signature': cookie.slice(0, cookie.lastIndexOf('.')),
  };
  for (const [name, header] of Object.entries(foreign))
    test(`${name} counts for nothing`, () => assert.equal(readSideCookie(header, rules, nowMs), undefined));

  test('of one migration, signed for it, counts for no other of the same key', () => {
    const renamed = cookie.replace('-catalog=', '-orders=');
    assert.equal(readSideCookie(renamed, { ...rules, migration: 'orders' }, nowMs), undefined);
  });

  test('goes no further than to us, and leaves the other cookies as they are', () => {
    const lines = (value: string) => `Accept: */*\r\nCookie: ${value}\r\nX-A: ficus-side-x\r\n`;
    assert.equal(withoutSideCookies(lines(`a=1; ${cookie}; b=2`)), lines('a=1; b=2'));
    assert.equal(withoutSideCookies(lines(`a=1;b="x"`)), lines(`a=1;b="x"`));
    assert.equal(
      withoutSideCookies(lines(`${cookie}; __Host-ficus-side-orders=x`)),
      'Accept: */*\r\nX-A: ficus-side-x\r\n',
    );
  });
});

test('of users without cookies the ones who wrote last are remembered, and no more than there is room for', () => {
  const last = new LastWrites();
  for (let user = 0; user < 10_050; user++)
    last.remember('catalog', `u${user}`, { side: 'service', untilMs: nowMs + 30_000 });
  assert.equal(last.sideOf('catalog', 'u49', nowMs), undefined);
  assert.equal(last.sideOf('catalog', 'u50', nowMs), 'service');
  assert.equal(last.sideOf('catalog', 'u50', nowMs + 30_000), undefined);
  assert.equal(last.sideOf('orders', 'u50', nowMs), undefined);
});

describe('a user who wrote', () => {
  let monolith: Server;
  let service: Server;
  let heard: IncomingHttpHeaders[];
  let status = 201;
  let estate: TestEstate;

  before(async () => {
    const side = (name: string) =>
      createServer((incoming, answer) => {
        heard.push(incoming.headers);
        incoming.resume();
        answer.writeHead(incoming.method === 'POST' ? status : 200, { 'Set-Cookie': 'own=1' }).end(name);
      }).listen(0, '127.0.0.1');
    [monolith, service] = [side('monolith'), side('service')];
    await Promise.all([once(monolith, 'listening'), once(service, 'listening')]);
    estate = await startTestEstate(options());
  });

  after(async () => {
    await estate.plane.close(0);
    for (const server of [monolith, service]) {
      server.closeAllConnections();
      server.close();
    }
  });

  beforeEach(() => {
    heard = [];
    status = 201;
    estate.apply({ serve: 100, cap: 100 });
  });

  const portOf = (server: Server): number => (server.address() as AddressInfo).port;
  const options = (): TestEstateOptions => ({
    monolith: portOf(monolith),
    service: portOf(service),
    shares: { serve: 100, cap: 100 },
    routes: ['GET /a', 'POST /a'],
    migration: { readYourWritesSeconds: 30, stickBy: [{ from: 'header', name: 'x-user' }] },
    cookieKey: key,
  });

  async function ask(method: string, headers: Record<string, string> = {}) {
    const asked = httpRequest({
      port: estate.port,
      host: '127.0.0.1',
      path: '/a',
      method,
      headers,
      agent: false,
    }).end();
    const [answer] = await once(asked, 'response');
    let body = '';
    for await (const chunk of answer) body += chunk;
    return { body, setCookie: (answer.headers['set-cookie'] ?? []) as string[] };
  }
  const ours = (setCookie: string[]) => setCookie.filter((one) => one.startsWith('ficus-side-'));

  test('to the monolith reads from it by the cookie, though the service serves everybody by now', async () => {
    estate.apply({ serve: 0, cap: 100 });
    const wrote = await ask('POST');
    assert.deepEqual(
      [wrote.body, wrote.setCookie[0], ours(wrote.setCookie).length],
      ['monolith', 'own=1', 1],
    );
    estate.apply({ serve: 100, cap: 100 });
    const cookie = pair(ours(wrote.setCookie)[0]!);
    assert.equal((await ask('GET', { cookie: `sid=1; ${cookie}` })).body, 'monolith');
    assert.equal(heard.at(-1)!.cookie, 'sid=1');
    assert.equal((await ask('GET')).body, 'service');
  });

  test('to the service reads from it, though its flag was lowered', async () => {
    const cookie = pair(ours((await ask('POST', { 'x-user': 'u1' })).setCookie)[0]!);
    estate.apply({ serve: 1, cap: 100 });
    assert.equal((await ask('GET', { cookie })).body, 'monolith', 'nobody is known without a sticky value');
    assert.equal((await ask('GET', { cookie, 'x-user': 'another' })).body, 'service');
  });

  test('to the service reads from the monolith after a roll back all the same', async () => {
    const cookie = pair(ours((await ask('POST', { 'x-user': 'u2' })).setCookie)[0]!);
    estate.apply({ serve: 100, cap: 0 });
    assert.equal((await ask('GET', { cookie, 'x-user': 'u2' })).body, 'monolith');
  });

  test('without a cookie is known by the sticky value', async () => {
    estate.apply({ serve: 0, cap: 100 });
    await ask('POST', { 'x-user': 'u3' });
    estate.apply({ serve: 100, cap: 100 });
    assert.equal((await ask('GET', { 'x-user': 'u3' })).body, 'monolith');
    assert.equal((await ask('GET', { 'x-user': 'u4' })).body, 'service');
  });

  test('in vain is given no cookie, nor is one who reads', async () => {
    status = 500;
    assert.deepEqual(ours((await ask('POST')).setCookie), []);
    assert.deepEqual(ours((await ask('GET')).setCookie), []);
  });
});
