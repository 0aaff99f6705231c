import pg from 'pg';
import { isInForce } from './is-in-force.ts';
import type { Tourist } from './tourist.ts';
import { browse, failed, type Seen, usersOf } from './traffic.ts';

/** At 25 % the service's own database is broken, and nobody is looking: the guard is. */
export async function guardTakesBack(first: Tourist, second: Tourist): Promise<void> {
  const { tell, estate } = first;
  tell.step('Again at 25 %, and the service goes bad: somebody renames a table that it reads');
  await first.until('the flag is known to be down', async () => (await first.status()).share.asked === 0);
  await first.ficus('promote', 'catalog', '--to', '25%', '--reason', 'the sale is over');
  await isInForce([first, second], 25);
  // With copies the gate would see it, too: pairs that differ close it.
  await first.ficus('shadow', 'catalog', '--share', '0%', '--reason', 'enough was compared');
  for (const tourist of [first, second]) {
    await tourist.until('nothing is copied', async () => (await tourist.status()).shadowShare === 0);
  }
  // The guard compares with what both sides did before.
  await onBoth(first, second, 200);
  const shop = new pg.Client({ connectionString: estate.urls.shopDatabase });
  await shop.connect();
  const brokenAt = performance.now();
  await shop.query('alter table catalog.product rename to product_2');
  const seen: Seen[] = [];
  await first.until('the guard took it back', async () => {
    seen.push(...(await onBoth(first, second, 40)));
    return (await first.status()).share.effective === 0;
  });
  const seconds = ((performance.now() - brokenAt) / 1000).toFixed(1);
  tell.check(
    true,
    `taken back after ${seconds} s and ${seen.length} requests, ${failed(seen)} of which failed`,
  );
  await isInForce([first, second], 0);
  const after = await onBoth(first, second, 200);
  tell.check(
    failed(after) === 0 && usersOf(after, 'catalog').size === 0,
    '200 requests to both replicas: all from the monolith, none failed',
  );
  await first.ficus('guard');
  tell.check(
    (await second.ficus('promote', 'catalog', '--to', '25%')) === 1,
    'nobody moves it on by accident, on neither replica',
  );

  tell.step('Mended, and cleared by a person');
  await shop.query('alter table catalog.product_2 rename to product');
  await shop.end();
  tell.check(
    (await first.ficus('guard', 'clear', 'catalog', '--reason', 'the table has its name back')) === 0,
    'cleared; the monolith answers until the next promote',
  );

  tell.step('What is written down stays: the proxy itself can’t change it');
  const asProxy = new pg.Client({ connectionString: estate.urls.proxyDatabase });
  await asProxy.connect();
  const refusal = await asProxy.query("delete from ficus.audit where action = 'guard'").then(
    () => '',
    (error: Error) => error.message,
  );
  await asProxy.end();
  tell.say(`delete from ficus.audit …: ${refusal}`);
  tell.check(/permission denied/.test(refusal), 'Postgres refuses it to the role that Ficus runs as');
}

async function onBoth(first: Tourist, second: Tourist, count: number): Promise<Seen[]> {
  const seen = await Promise.all(
    [first, second].map(({ estate }, index) => browse(estate.urls.proxy, count / 2, 200, index * 7)),
  );
  return seen.flat();
}
