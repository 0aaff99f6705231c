import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogPair, catalogSignatures, catalogStatus, failedContract } from '../proxy/admin/sample-data.ts';
import { type Ficus, withEstate } from './run-ficus.ts';

/** Clears the screen, sets the title, C1's CSI, a bidi override, a line that looks like ours. */
const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202etxt\u2028\r\nficus: all is well\u0000';

/** Everything but line ends that a terminal would act on. */
const steering = /[^\P{C}\n]|[\u2028\u2029]/u;

async function assertInert(ficus: Ficus, args: string[]): Promise<string> {
  const plain = await ficus(...args);
  assert.doesNotMatch(plain.stdout, steering, args.join(' '));
  assert.doesNotMatch(plain.stderr, steering, args.join(' '));
  assert.doesNotMatch(plain.stdout + plain.stderr, /^ficus: all is well/m);
  const json = await ficus(...args, '--json');
  assert.doesNotMatch(json.stdout, steering, `${args.join(' ')} --json`);
  return json.stdout;
}

test('control characters in differences, paths and bodies are spelled out, and --json keeps their meaning', async () => {
  await withEstate(async (ficus, estate) => {
    const [signature] = catalogSignatures;
    const evilSignature = { ...signature!, route: `GET ${evil}`, place: evil, monolith: evil, service: evil };
    const [difference] = catalogPair.differences;
    estate.signatures = [evilSignature];
    estate.pairs = [
      {
        ...catalogPair,
        differences: [{ ...difference!, place: evil, monolith: evil, service: evil }],
        request: { method: 'GET', target: evil, headers: ['x', evil], body: evil },
        service: { headers: [], body: '', detail: evil },
      },
    ];
    const list = await assertInert(ficus, ['diffs', 'catalog']);
    assert.deepEqual(JSON.parse(list).signatures, [evilSignature]);
    await assertInert(ficus, ['diffs', 'catalog', '--signature', evilSignature.signature]);
  });
});

test('control characters in status, gate, contracts and audit are spelled out', async () => {
  await withEstate(async (ficus, estate) => {
    estate.migrations.set('catalog', {
      ...catalogStatus,
      holds: [evil],
      builds: { monolith: evil, service: evil },
      traffic: { ...catalogStatus.traffic, shadowDropped: { [evil]: 1 } },
    });
    estate.reasons = [{ rule: 'build', state: 'refused', text: evil }];
    estate.contracts = [{ ...failedContract, build: evil, failures: [{ interaction: evil, text: evil }] }];
    estate.configProblems = [evil];
    for (const args of [
      ['status'],
      ['status', 'catalog'],
      ['gate', 'catalog'],
      ['promote', 'catalog'],
      ['verify', 'catalog'],
    ]) {
      await assertInert(ficus, args);
    }
    estate.auditRows = estate.auditRows.map((row) => ({ ...row, actor: evil, action: evil, reason: evil }));
    await assertInert(ficus, ['audit']);
  });
});

test('control characters of our own command line do not come back', async () => {
  await withEstate(async (ficus) => {
    const { stderr } = await ficus('gate', 'x\u001b[2J\u009b');
    assert.doesNotMatch(stderr, steering);
    const unknown = await ficus('x\u001b[2J');
    assert.doesNotMatch(unknown.stderr, steering);
  });
});
