import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { manyRoutes } from '../../scripts/many-routes.ts';
import { RawClient } from '../support/raw-client.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { childrenOf, openDescriptors } from './process-resources.ts';
import { startQuickUpstream, withoutPostgres } from './quick-upstream.ts';

const badFiles = fileURLToPath(new URL('../fixtures/config/bad/', import.meta.url));

interface Config {
  readonly hash: string;
  readonly problems: readonly string[];
}

const config = async (ficus: RunningFicus): Promise<Config> =>
  (await (await fetch(`${ficus.adminUrl}/api/config`)).json()) as Config;

async function metric(ficus: RunningFicus, name: string): Promise<number> {
  const text = await (await fetch(`${ficus.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

const simple = (port: number, note = '') =>
  `upstreams: { monolith: { url: "http://127.0.0.1:${port}" } }\ndefault: monolith\n#${note}\n`;

test('every bad routes file is refused under traffic: said with its place, counted, ready all the while', async (t) => {
  await using upstream = await startQuickUpstream();
  const ficus = await RunningFicus.start(simple(upstream.port), withoutPostgres);
  t.after(() => ficus.remove());
  const { hash } = await config(ficus);
  const load = new SteadyLoad({ port: ficus.port, requestsPerSecond: 100 });
  const good = readFileSync(ficus.routesFile);
  const files: (readonly [string, Buffer])[] = readdirSync(badFiles)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(badFiles + name)]);
  files.push(
    ['ten megabytes', Buffer.concat([good, Buffer.alloc(10 * 1024 * 1024, '# more\n')])],
    ['deeply nested', Buffer.from(`${good}x: ${'['.repeat(5000)}`)],
    ['binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256))],
    ['truncated while it is written', good.subarray(0, good.length - 20)],
  );
  assert.ok(files.length >= 60, `${files.length} files`);
  let refusals = 0;
  for (const [name, bytes] of files) {
    writeFileSync(`${ficus.routesFile}.new`, bytes);
    renameSync(`${ficus.routesFile}.new`, ficus.routesFile);
    await ficus.until(
      `${name} is refused`,
      async () => (await metric(ficus, 'ficus_config_refusals')) > refusals,
    );
    refusals = await metric(ficus, 'ficus_config_refusals');
    const now = await config(ficus);
    assert.equal(now.hash, hash, name);
    assert.match(now.problems[0]!, /routes\.yaml:\d+:\d+ /, name);
    assert.equal((await fetch(`${ficus.adminUrl}/readyz`)).status, 200, name);
  }
  assert.ok((await metric(ficus, 'ficus_config_problems')) > 0);
  await ficus.writeRoutes(simple(upstream.port));
  await ficus.until('the good one is back', async () => (await config(ficus)).problems.length === 0);
  await load.stop();
  assert.deepEqual(load.failed, []);
  assert.match(ficus.output, /routes\.yaml:\d+:\d+ .*/);
});

test('a file that may not be read keeps the last good one, and is read again when it may be', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may read everything');
  await using upstream = await startQuickUpstream();
  const ficus = await RunningFicus.start(simple(upstream.port), withoutPostgres);
  t.after(() => ficus.remove());
  chmodSync(ficus.routesFile, 0);
  await ficus.until('it is refused', async () => (await config(ficus)).problems.length === 1);
  assert.equal((await fetch(ficus.url)).status, 200);
  chmodSync(ficus.routesFile, 0o644);
  await ficus.until('it is good again', async () => (await config(ficus)).problems.length === 0);
});

test('reloads one after another under load fail nothing, keep connections to unchanged upstreams and leak no descriptor', async (t) => {
  await using monolith = await startQuickUpstream();
  await using service = await startQuickUpstream('service');
  const ports = { monolith: monolith.port, service: service.port };
  const ficus = await RunningFicus.start(manyRoutes(ports, 1000, 0), withoutPostgres);
  t.after(() => ficus.remove());
  await ficus.until('both workers are up', async () => childrenOf(ficus.pid).length === 2);
  const workers = childrenOf(ficus.pid);
  /** Without those of connections to upstreams, which come and go. */
  const descriptors = (): number =>
    workers.reduce((sum, pid) => sum + openDescriptors(pid), 0) - monolith.connections - service.connections;
  const before = descriptors();
  const load = new SteadyLoad({ port: ficus.port, requestsPerSecond: 150, path: '/api/m5/r5/1' });
  await ficus.until('it is loaded', async () => load.answered > 50);
  let { hash } = await config(ficus);
  for (let version = 1; version <= 12; version++) {
    if (version % 3 === 0) rmSync(ficus.routesFile);
    writeFileSync(`${ficus.routesFile}.new`, manyRoutes(ports, 1000, version));
    renameSync(`${ficus.routesFile}.new`, ficus.routesFile);
    await ficus.until(`version ${version} is in force`, async () => (await config(ficus)).hash !== hash);
    ({ hash } = await config(ficus));
  }
  await load.stop();
  assert.deepEqual(load.failed, []);
  assert.deepEqual(childrenOf(ficus.pid), workers, 'no worker died');
  // What clients have just closed takes a moment to be gone.
  await ficus.until(`there are ${before} descriptors again`, async () => descriptors() <= before + 4);
});

test('a reload that takes an upstream away lets the request that it is answering come to its end', async (t) => {
  await using first = await startQuickUpstream('first');
  await using second = await startQuickUpstream('second');
  const ficus = await RunningFicus.start(simple(first.port), withoutPostgres);
  t.after(() => ficus.remove());
  using client = await RawClient.connect(ficus.port);
  client.send('GET /slow/2000 HTTP/1.1\r\nHost: shop\r\n\r\n');
  await ficus.until('it is forwarded', async () => first.slowCount === 1);
  await ficus.writeRoutes(simple(second.port));
  await ficus.until('the new one answers', async () => (await (await fetch(ficus.url)).text()) === 'second');
  assert.equal((await client.answer()).text, 'first');
});
