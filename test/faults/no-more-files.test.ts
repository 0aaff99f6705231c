import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { until } from '../support/until.ts';
import { withoutPostgres } from './quick-upstream.ts';

const FILES = 256;
const CLIENTS = 800;

const ledger = new Ledger();
let upstream: LedgerUpstream;
let ficus: RunningFicus;

before(async () => {
  upstream = await LedgerUpstream.start({ name: 'monolith', record: ledger.record });
  const url = `http://127.0.0.1:${upstream.port}`;
  ficus = await RunningFicus.start(
    `{ upstreams: { monolith: { url: '${url}' } }, default: monolith }`,
    withoutPostgres,
  );
});

after(async () => {
  await ficus.remove();
  await upstream[Symbol.asyncDispose]();
});

/** Data-plane workers of the supervisor. */
function workers(): number[] {
  const children = readdirSync(`/proc/${ficus.pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${ficus.pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('data-plane/worker'));
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

test('workers that may open no more files refuse clients, live, answer the admin, and recover', async () => {
  const pids = workers();
  assert.equal(pids.length, 2);
  for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), `--nofile=${FILES}:${FILES}`]);
  using kept = await RawClient.connect(ficus.port);
  assert.equal(await askForLedger(ledger, kept), 200);

  const crowd = await Promise.all(
    Array.from({ length: CLIENTS }, () => RawClient.connect(ficus.port).catch(() => undefined)),
  );
  await until('no more files can be opened', () => pids.some((pid) => openFiles(pid) >= FILES - 2));
  assert.equal((await fetch(`${ficus.adminUrl}/readyz`)).status, 200);
  const status = await askForLedger(ledger, kept);
  assert.ok([200, 502, 503].includes(status as number), `a connection that is there gets ${status}`);
  assert.deepEqual(workers(), pids, 'no worker died');

  for (const client of crowd) client?.reset();
  await until('the files are closed', () => pids.every((pid) => openFiles(pid) < FILES / 2));
  for (let i = 0; i < 50; i++) {
    using client = await RawClient.connect(ficus.port);
    assert.equal(await askForLedger(ledger, client), 200);
  }
  assert.deepEqual(workers(), pids);
  ledger.assert();
});
