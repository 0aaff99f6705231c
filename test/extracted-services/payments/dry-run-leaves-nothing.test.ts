import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PaymentsEstate, startPaymentsEstate } from '../../../scripts/dry-run-proof/payments-estate.ts';
import { proveDryRun } from '../../../scripts/dry-run-proof.ts';

// 10,000 of each are a script's to do: `node scripts/dry-run-proof.ts`.
let estate: PaymentsEstate;

before(async () => {
  estate = await startPaymentsEstate();
});
after(() => estate.stop());

test('copies of posts that are sent straight to the service leave no row, event, mail or booking anywhere', async () => {
  const { differences, compared, statuses, simulations } = await proveDryRun(estate, {
    posts: 240,
    through: 'service',
  });
  assert.deepEqual(differences, []);
  assert.ok(compared > 100_000, `${compared} rows, keys and entries`);
  assert.deepEqual(statuses, { 200: 80, 201: 80, 400: 40, 409: 40 });
  assert.equal(simulations, 80);
});

test('posts that Ficus shadows in dry-run are answered alike, and leave nothing at the service', async () => {
  const { differences, copies, pairs, statuses } = await proveDryRun(estate, { posts: 36, through: 'proxy' });
  assert.deepEqual(differences, []);
  assert.ok(copies >= 36, `${copies} copies`);
  const { agreed, differed, incomparable } = pairs ?? {};
  assert.deepEqual({ agreed, differed, incomparable }, { agreed: copies, differed: 0, incomparable: 0 });
  assert.ok((statuses['409'] ?? 0) > 0 && (statuses['201'] ?? 0) > 0, JSON.stringify(statuses));
});
