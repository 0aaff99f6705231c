import path from 'node:path';
import { untilAnswers } from '../estate/estate-process.ts';
import type { Signature, Tourist } from './tourist.ts';
import { browse, failed, usersOf } from './traffic.ts';

/** Of a verdict: long enough to be seen, also on a machine where a command takes many seconds. */
const verdictHoldsMs = (commandMs: number) => 5000 + 5 * commandMs;

/** From the monolith alone to a repaired build with evidence: what differs, what is noise, what is expected. */
export async function look(tourist: Tourist): Promise<void> {
  const { tell, estate } = tourist;
  const { proxy } = estate.urls;
  const recordings = path.join(tourist.folder, 'recordings');

  tell.step('Monolith: every path is answered by it, through the proxy');
  const before = await browse(proxy, 120, 60);
  tell.check(
    failed(before) === 0 && usersOf(before, 'monolith').size === 60,
    '120 requests of 60 users: all from the monolith',
  );

  tell.step('Shadow: the catalog gets copies, clients notice nothing; what they ask is recorded');
  await tourist.ficus('shadow', 'catalog', '--share', '100%', '--reason', 'look at the first build');
  const [recorded, shadowed] = await Promise.all([
    tourist.ficus('record', 'catalog', '--out', recordings, '--for', '4s'),
    browseFor(proxy, 5_000),
  ]);
  tell.check(recorded === 0, 'the recording is written');
  tell.check(
    failed(shadowed) === 0 && usersOf(shadowed, 'catalog').size === 0,
    `${shadowed.length} requests: all still from the monolith`,
  );
  await tourist.gather(300, 60);
  const isNoise = (one: Signature) => one.place.endsWith('/countedAt') && one.state === 'noise';
  await tourist.browseUntil('the noise is measured', 60, async () =>
    (await tourist.signatures()).some(isNoise),
  );
  await tourist.ficus('diffs', 'catalog');
  const signatures = await tourist.signatures();
  const price = signatures.find(({ place }) => place.endsWith('/price'));
  tell.check(price !== undefined, 'the rounded prices were found');
  tell.check(
    signatures.some(({ place, kind }) => place.endsWith('/description') && kind === 'missing'),
    'the dropped null was found',
  );
  tell.check(signatures.some(isNoise), 'the time of counting is noise: the monolith has it with itself');
  const ofCategories = signatures.filter((one) => one.route === 'GET /api/categories' && !isNoise(one));
  const moved = ofCategories[0];
  tell.check(
    ofCategories.length === 1 && moved?.kind === 'order',
    'the category that moved is one difference, of its order',
  );
  if (price) await tourist.ficus('diffs', 'catalog', '--signature', price.signature, '--pairs', '1');
  tell.check((await tourist.ficus('promote', 'catalog')) === 1, 'promote is refused, and says why');

  if (moved) await judge(tourist, moved.signature);

  const replay = () =>
    tourist.ficus(
      ...[
        'replay',
        recordings,
        '--migration',
        'catalog',
        '--config',
        path.join(tourist.folder, 'routes.yaml'),
      ],
      ...['--monolith', estate.urls.monolith, '--service', estate.urls.catalog],
    );
  tell.step('What was recorded is replayed against the first build: it fails');
  tell.check((await replay()) === 1, 'exit 1: a CI job would stop here');

  tell.step('Service repaired: the recording passes, and a new build starts its evidence anew');
  await estate.catalog.stop();
  await estate.catalog.start({ SERVICE_VERSION: '1.0.1', CATALOG_FAULTS: '' });
  await untilAnswers(`${estate.urls.catalog}/readyz`, estate.catalog);
  await tourist.until(
    'the new build is seen',
    async () => (await tourist.status()).builds.service === '1.0.1',
  );
  tell.check((await tourist.pairs()) === 0, 'build 1.0.1 announced itself; it has no pairs yet');
  tell.check(
    (await replay()) === 0,
    'exit 0: the repaired build answers yesterday’s requests as the monolith does',
  );

  tell.step('Pairs gathered');
  await tourist.gather(1000, 400);
  await tourist.browseUntil('the noise is measured', 400, async () =>
    (await tourist.signatures()).every(isNoise),
  );
  const { pairs } = await tourist.status();
  tell.check(pairs.differed === 0, `${pairs.agreed} pairs agree, ${pairs.differed} differ`);
  tell.check((await tourist.ficus('gate', 'catalog')) === 0, 'the gate answers; contracts are still missing');
}

/** A verdict that ends soon, and what the gate says of the difference before, meanwhile and after. */
async function judge(tourist: Tourist, signature: string): Promise<void> {
  const { tell } = tourist;
  const isHeld = async () => (await tourist.gate()).reasons.some(({ text }) => text.includes(signature));
  tell.step('A verdict: the order of categories is expected, for as long as that is true');
  tell.check(await isHeld(), 'without a verdict the difference holds the gate');
  const until = new Date(Date.now() + verdictHoldsMs(tourist.commandMs)).toISOString();
  const reason = 'the shop sorts them itself, from its next release on';
  await tourist.ficus('verdict', signature, '--as', 'expected', '--reason', reason, '--until', until);
  tell.check(!(await isHeld()), 'with it the gate no longer minds');
  await tourist.until('the verdict is over', isHeld);
  tell.check(new Date().toISOString() > until, 'when its time is over, the gate is held again');
}

async function browseFor(proxy: string, ms: number) {
  const seen = await browse(proxy, 60, 60);
  const end = performance.now() + ms;
  while (performance.now() < end) {
    seen.push(...(await browse(proxy, 60, 60, seen.length)));
    // As people do: with pauses.
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return seen;
}
