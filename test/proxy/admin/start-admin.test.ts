import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { startAdmin } from '../../../proxy/admin/start-admin.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { withAdmin } from './started-admin.ts';

for (const host of ['0.0.0.0', '::', '192.168.1.1', 'localhost', '127.0.0.2', '']) {
  test(`listening on "${host}" is refused because there is no login`, async () => {
    const start = startAdmin({ deps: new InMemoryEstate().deps(), port: 0, host });
    start.then((admin) => admin.close()).catch(() => {});
    await assert.rejects(start, /without a login: set FICUS_TOKENS_FILE.*127\.0\.0\.1/);
  });
}

test('without a host it listens on 127.0.0.1 alone', async () => {
  await withAdmin(async ({ url, port }) => {
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) {
      await assert.rejects(fetch(`http://${address}:${port}/healthz`), address);
    }
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);
test('asked for ::1 it answers there', { skip: !hasIpv6 && 'this machine has no ::1' }, async () => {
  const admin = await startAdmin({ deps: new InMemoryEstate().deps(), port: 0, host: '::1' });
  assert.match(admin.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await fetch(`${admin.url}/healthz`)).status, 200);
  await admin.close();
});

test('a taken port is refused with what to do', async () => {
  await withAdmin(async ({ port }) => {
    const start = startAdmin({ deps: new InMemoryEstate().deps(), port });
    await assert.rejects(start, /Port \d+ of 127\.0\.0\.1 is taken: .*--admin-port/);
  });
});

test('close lets an answer under way end, and takes no new ones', async () => {
  const estate = new InMemoryEstate();
  const asked = Promise.withResolvers<void>();
  const blocked = Promise.withResolvers<string>();
  const metrics = () => {
    asked.resolve();
    return blocked.promise;
  };
  const admin = await startAdmin({ deps: { ...estate.deps(), metrics }, port: 0 });
  const answer = fetch(`${admin.url}/metrics`).then((response) => response.text());
  await asked.promise;
  const closed = admin.close();
  await assert.rejects(fetch(`${admin.url}/healthz`));
  blocked.resolve('ficus_up 1\n');
  assert.equal(await answer, 'ficus_up 1\n');
  await closed;
});
