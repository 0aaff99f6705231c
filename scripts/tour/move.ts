import type { Tourist } from './tourist.ts';
import { browse, failed, usersOf } from './traffic.ts';

/** From evidence to all users and back: contracts, canary, a service that dies, roll back, audit. */
export async function move(tourist: Tourist): Promise<void> {
  const { tell, estate } = tourist;
  const { proxy } = estate.urls;

  tell.step('Contracts verified against the monolith and the running build');
  tell.check((await tourist.ficus('verify', 'catalog')) === 0, 'both sides keep the contract of web-shop');

  tell.step('The gate opens');
  await tourist.ficus('gate', 'catalog');
  tell.check((await tourist.gate()).state === 'open', 'every reason is met');

  tell.step('Canary 5 %: some users, and always the same');
  tell.check(
    (await tourist.ficus('promote', 'catalog', '--to', '5%', '--reason', 'first users')) === 0,
    'promoted to 5 %',
  );
  const first = usersOf(await browse(proxy, 400, 400), 'catalog');
  const again = usersOf(await browse(proxy, 400, 400, 5), 'catalog');
  tell.check(first.size > 4 && first.size < 45, `${first.size} of 400 users are answered by the catalog`);
  tell.check(first.size === again.size && first.isSubsetOf(again), 'asked again, they are the same users');
  await tourist.ficus('promote', 'catalog', '--to', '25%', '--reason', 'more of them');
  const more = usersOf(await browse(proxy, 400, 400), 'catalog');
  tell.check(
    more.size > first.size && first.isSubsetOf(more),
    `at 25 % it is ${more.size} users, the first ones among them`,
  );

  tell.step('100 %: the catalog answers everybody');
  tell.check(
    (await tourist.ficus('promote', 'catalog', '--to', '100%', '--reason', 'evidence is good')) === 0,
    'promoted to 100 %',
  );
  const all = await browse(proxy, 400, 400);
  tell.check(failed(all) === 0 && usersOf(all, 'monolith').size === 0, '400 requests: all from the catalog');
  await tourist.ficus('status');

  tell.step('The catalog is killed: clients see no failed GET');
  await estate.catalog.stop('SIGKILL');
  const without = await browse(proxy, 300, 100);
  tell.check(
    failed(without) === 0,
    `300 requests, ${failed(without)} failed: the monolith answered in its place`,
  );
  await tourist.until(
    'the fallbacks are counted',
    async () => (await tourist.status()).traffic.fallbacks >= 300,
  );
  tell.check(true, `${(await tourist.status()).traffic.fallbacks} fallbacks were counted`);

  tell.step('Roll back');
  tell.check(
    (await tourist.ficus('rollback', 'catalog', '--reason', 'the catalog is down')) === 0,
    'rolled back',
  );
  const back = await tourist.status();
  tell.check(back.share.effective === 0, `asked ${back.share.asked} %, effective ${back.share.effective} %`);
  const after = await browse(proxy, 100, 100);
  tell.check(
    failed(after) === 0 && usersOf(after, 'monolith').size === 100,
    '100 requests: all from the monolith',
  );

  tell.step('Who moved what, and why');
  await tourist.ficus('audit');
  tell.check((await tourist.ficus('audit', '--verify')) === 0, 'the audit chain is intact');
}
