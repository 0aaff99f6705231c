import type { FlagServer } from './flag-server.ts';
import { guardTakesBack } from './guard-takes-back.ts';
import { isInForce } from './is-in-force.ts';
import { Tourist } from './tourist.ts';
import { browse, failed, usersOf } from './traffic.ts';

/** The catalog's life with its flags in Unleash, over two replicas; it ends with a service that goes bad. */
export async function liveWithUnleash(first: Tourist, flags: FlagServer): Promise<void> {
  const { tell } = first;
  const second = await addReplica(first);
  await gatherEvidence(first, flags);
  await moveOverReplicas(first, second, flags);
  await guardTakesBack(first, second);

  tell.step('Who did what, and an audit that verifies');
  await first.ficus('audit', '--limit', '12');
  tell.check(
    (await second.ficus('audit', '--verify')) === 0,
    'the chain is intact, asked on the other replica',
  );
}

async function addReplica(first: Tourist): Promise<Tourist> {
  const { estate, tell, folder } = first;
  const { freePort } = await import('../estate/ports.ts');
  const [port, adminPort] = [await freePort(), await freePort()];
  await estate.addReplica({ name: 'replica', port, adminPort });
  const urls = {
    ...estate.urls,
    proxy: `http://127.0.0.1:${port}`,
    admin: `http://127.0.0.1:${adminPort}`,
  };
  return new Tourist({ ...estate, urls }, tell, folder);
}

async function gatherEvidence(tourist: Tourist, flags: FlagServer): Promise<void> {
  const { tell } = tourist;
  tell.step('Shadow: its two flags are made in Unleash, and copies are compared');
  await tourist.ficus('shadow', 'catalog', '--share', '100%', '--reason', 'a first look');
  const names = await flags.flagNames();
  tell.check(names.includes('catalog.shadow'), `Unleash has ${names.join(', ')}`);
  await tourist.gather(1000, 400);
  await tourist.browseUntil('the noise is measured', 400, async () =>
    (await tourist.signatures()).every(({ state }) => state === 'noise'),
  );
  tell.check((await tourist.status()).pairs.differed === 0, `${await tourist.pairs()} pairs, none differs`);

  tell.step('Contracts verified, and the gate opens');
  tell.check((await tourist.ficus('verify', 'catalog')) === 0, 'both sides keep the contract of web-shop');
  await tourist.browseUntil('the gate is open', 400, async () => (await tourist.gate()).state === 'open');
  await tourist.ficus('gate', 'catalog');
}

async function moveOverReplicas(first: Tourist, second: Tourist, flags: FlagServer): Promise<void> {
  const { tell } = first;
  tell.step('5 %: the same users on both replicas');
  tell.check(
    (await first.ficus('promote', 'catalog', '--to', '5%', '--reason', 'first users')) === 0,
    'promoted on the first replica',
  );
  await isInForce([first, second], 5);
  const [onFirst, onSecond] = await servedUsers(first, second);
  tell.check(
    onFirst.size > 4 && onFirst.size === onSecond.size && onFirst.isSubsetOf(onSecond),
    `${onFirst.size} of 400 users are answered by the catalog, the same ones on both`,
  );

  tell.step('25 %, set by somebody on Unleash’s own page');
  const flippedAt = performance.now();
  await flags.setRollout('catalog.serve', 25);
  await isInForce([first, second], 25);
  tell.check(
    true,
    `in force on both replicas after ${((performance.now() - flippedAt) / 1000).toFixed(1)} s`,
  );
  const [more, moreOnSecond] = await servedUsers(first, second);
  tell.check(
    onFirst.isSubsetOf(more) && more.size === moreOnSecond.size,
    `${more.size} users by now, the first ones among them`,
  );

  tell.step('Two operators at once: the second learns what the first did');
  const { revision } = await first.status();
  await first.ficus('promote', 'catalog', '--to', '100%', '--reason', 'a quiet day');
  const refused = await second.ficus('promote', 'catalog', '--to', '50%', '--revision', String(revision));
  tell.check(refused === 1, 'refused, with who was first');
  await isInForce([first, second], 100);
  const seen = [
    ...(await browse(first.estate.urls.proxy, 200, 200)),
    ...(await browse(second.estate.urls.proxy, 200, 200)),
  ];
  tell.check(
    failed(seen) === 0 && usersOf(seen, 'monolith').size === 0,
    '400 requests: all from the catalog',
  );
  await second.ficus('status');

  tell.step('Back for the sale of the week, on the other replica');
  await second.ficus('rollback', 'catalog', '--reason', 'nothing moves during the sale');
  await isInForce([first, second], 0);
  const after = [
    ...(await browse(first.estate.urls.proxy, 100, 100)),
    ...(await browse(second.estate.urls.proxy, 100, 100)),
  ];
  tell.check(
    failed(after) === 0 && usersOf(after, 'catalog').size === 0,
    'the monolith answers everybody, on both',
  );
}

async function servedUsers(first: Tourist, second: Tourist): Promise<[Set<string>, Set<string>]> {
  const seen = await Promise.all([first, second].map(({ estate }) => browse(estate.urls.proxy, 400, 400)));
  return [usersOf(seen[0] ?? [], 'catalog'), usersOf(seen[1] ?? [], 'catalog')];
}
