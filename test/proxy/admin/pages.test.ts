import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPages } from '../../../cli/admin-client.ts';
import type { SignatureList } from '../../../proxy/admin/api-types.ts';
import { comparePlaces, placeOf } from '../../../proxy/evidence/list-signatures.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { catalogPair, catalogSignatures } from './sample-data.ts';

const [sample] = catalogSignatures;
const listed = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    ...sample!,
    signature: `s${String(at).padStart(4, '0')}`,
    // Ties, too: the id decides between equals.
    pairs: 10_000 - Math.floor(at / 3),
  })).sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));

test('signatures are read page by page while some come and go, each that stays comes once', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  estate.signatures = listed(25);
  const path = '/api/migrations/catalog/signatures?limit=10';
  const first = await client.get(path).expect(200);
  const names = (rows: readonly { signature: string }[]) => rows.map(({ signature }) => signature);
  assert.deepEqual(names(first.body.signatures), names(estate.signatures.slice(0, 10)));

  const all = estate.signatures;
  // The page's last one goes, and one comes before it.
  estate.signatures = [{ ...sample!, signature: 'new', pairs: 20_000 }, ...all.slice(0, 9), ...all.slice(10)];
  const second = await client.get(`${path}&cursor=${first.body.nextCursor}`).expect(200);
  assert.deepEqual(names(second.body.signatures), names(all.slice(10, 20)));
  const third = await client.get(`${path}&cursor=${second.body.nextCursor}`).expect(200);
  assert.deepEqual(names(third.body.signatures), names(all.slice(20)));
  assert.equal(third.body.nextCursor, undefined);

  // As the CLI reads them.
  const get = async (at: string) => (await client.get(at).expect(200)).body;
  const whole = await allPages<SignatureList>(
    { get },
    '/api/migrations/catalog/signatures?limit=7',
    'signatures',
  );
  assert.deepEqual(names(whole.signatures), names(estate.signatures));
  assert.ok(!('nextCursor' in whole));
});

test('the audit, pairs and recordings are read page by page', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  for (let move = 0; move < 5; move++)
    await client.post('/api/migrations/catalog/rollback', { reason: 'again' }).expect(200);
  estate.pairs = [5, 4, 3, 2, 1].map((second) => ({
    ...catalogPair,
    id: `018f0c1e-7a2b-7c3d-8e4f-00000000000${second}`,
    at: `2026-11-20T12:00:0${second}.000Z`,
  }));
  const pages = async (path: string, rowsOf: (body: Record<string, never[]>) => unknown[]) => {
    const found: unknown[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: { body: Record<string, never[]> & { nextCursor?: string } } = await client
        .get(`${path}limit=2${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      found.push(rowsOf(page.body));
      cursor = page.body.nextCursor;
    }
    return found;
  };
  const seqs = await pages('/api/audit?', ({ entries }) => entries!.map(({ seq }) => seq));
  assert.deepEqual(seqs, [[5, 4], [3, 2], [1]]);
  const signature = catalogPair.differences[0]?.signature;
  const times = await pages(`/api/migrations/catalog/signatures/${signature}?`, ({ pairs }) =>
    pairs!.map(({ at }: { at: string }) => Number(at.slice(17, 19))),
  );
  assert.deepEqual(times, [[5, 4], [3, 2], [1]]);
  const recordings = await pages('/api/recordings?', ({ recordings: rows }) => rows!.map(({ id }) => id));
  assert.deepEqual(recordings, [[estate.recording.id]]);
});

test('a cursor is none of the list, the request is refused and says what a cursor is', async () => {
  const client = adminClient(new InMemoryEstate());
  const other = Buffer.from('"x"').toString('base64url');
  for (const path of ['/api/audit', '/api/migrations/catalog/signatures']) {
    for (const cursor of ['x', other, 'e30']) {
      const { body } = await client.get(`${path}?cursor=${cursor}`).expect(400);
      assert.equal(body.code, 'invalid_request');
      assert.match(body.detail, /nextCursor/);
    }
  }
});
