import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openAuditAnchor } from '../../../proxy/store/audit-anchor.ts';
import type { AuditRow } from '../../../proxy/store/model.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { silentLog } from './start-test-store.ts';

let dataDir: string;
let rows: AuditRow[];

const row = (seq: number, hash = `hash-${seq}`) => ({ seq, hash }) as AuditRow;
const open = () => openAuditAnchor({ dataDir, clock: systemClock, log: silentLog });
const audit = {
  async ends(seq: number) {
    const [at, last] = [rows.find((one) => one.seq === seq), rows.at(-1)];
    return { ...(at && { at }), ...(last && { last }) };
  },
};

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ficus-anchor-'));
  rows = [row(1), row(2), row(3)];
});
afterEach(() => rm(dataDir, { recursive: true }));

test('The end that was seen survives a restart', async () => {
  const anchor = await open();
  await anchor.look(audit);
  await anchor.flush();
  const { seq, hash } = (await open()).current() ?? {};
  assert.deepEqual({ seq, hash }, { seq: 3, hash: 'hash-3' });
});

test('The chain became shorter, it is told and the note stays', async () => {
  const anchor = await open();
  anchor.note(row(3));
  rows.pop();
  await anchor.look(audit);
  assert.match(anchor.problem() ?? '', /^Row 3 of the audit, which was there on .*, is gone\.$/);
  assert.equal(anchor.current()?.seq, 3);
});

test('The chain was written anew and is longer, it is told', async () => {
  const anchor = await open();
  anchor.note(row(2));
  rows = [row(1, 'a'), row(2, 'b'), row(3, 'c')];
  await anchor.look(audit);
  assert.match(anchor.problem() ?? '', /^Row 2 of the audit is not the one/);
  assert.equal(anchor.current()?.seq, 2);
});

test('A note that can not be read is left aside', async () => {
  await writeFile(path.join(dataDir, 'audit-anchor.json'), '{"seq":');
  const anchor = await open();
  await anchor.look(audit);
  assert.deepEqual([anchor.current()?.seq, anchor.problem()], [3, undefined]);
});
