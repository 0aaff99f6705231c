/**
 * `npm run tour`: the catalog's whole life in about a minute, on an estate of its own (temporary folder,
 * free ports). Exit 1 when anything of it did not happen.
 */
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Estate, freePort, startEstate, untilAnswers } from './estate.ts';
import { readFicus, runFicus } from './tour/ficus.ts';
import { Narrator } from './tour/narrator.ts';
import { browse, failed, usersOf } from './tour/traffic.ts';

interface Status {
  readonly phase: string;
  readonly share: { readonly asked: number; readonly allowed: number; readonly effective: number };
  readonly pairs: { readonly agreed: number; readonly differed: number; readonly incomparable: number };
  readonly builds: { readonly service: string };
  readonly traffic: { readonly fallbacks: number };
}

interface Signatures {
  readonly signatures: readonly {
    readonly signature: string;
    readonly place: string;
    readonly kind: string;
    readonly pairs: number;
  }[];
}

const root = path.resolve(import.meta.dirname, '..');
const tell = new Narrator(process.stdout.isTTY);
const shownLines: string[] = [];

async function tour(estate: Estate): Promise<void> {
  const { proxy, admin } = estate.urls;
  const ficus = async (...args: string[]): Promise<number> => {
    const { exitCode, output } = await runFicus(admin, args);
    tell.command(args, output);
    return exitCode;
  };
  const status = () => readFicus<Status>(admin, ['status', 'catalog']);
  const pairs = async (): Promise<number> => {
    const { agreed, differed, incomparable } = (await status()).pairs;
    return agreed + differed + incomparable;
  };
  /** Goes on browsing until so many pairs are compared: copies that were dropped are made up for. */
  const gather = (count: number, users: number): Promise<void> => {
    let sent = 0;
    return until(`${count.toLocaleString('en')} pairs are compared`, async () => {
      if ((await pairs()) >= count) return true;
      await browse(proxy, 150, users, sent);
      sent += 150;
      return false;
    });
  };

  tell.step('Monolith: every path is answered by it, through the proxy');
  const before = await browse(proxy, 120, 60);
  tell.check(
    failed(before) === 0 && usersOf(before, 'monolith').size === 60,
    '120 requests of 60 users: all from the monolith',
  );

  tell.step('Shadow: the catalog gets copies, clients notice nothing');
  await ficus('shadow', 'catalog', '--share', '100%', '--reason', 'look at the first build');
  const shadowed = await browse(proxy, 300, 60);
  tell.check(
    failed(shadowed) === 0 && usersOf(shadowed, 'catalog').size === 0,
    '300 requests: all still from the monolith',
  );
  await gather(200, 60);
  await ficus('diffs', 'catalog');
  const { signatures } = await readFicus<Signatures>(admin, ['diffs', 'catalog']);
  const price = signatures.find(({ place }) => place.endsWith('/price'));
  tell.check(price !== undefined, 'the rounded prices were found');
  tell.check(
    signatures.some(({ place, kind }) => place.endsWith('/description') && kind === 'missing'),
    'the dropped null was found',
  );
  if (price) await ficus('diffs', 'catalog', '--signature', price.signature, '--pairs', '1');
  tell.check((await ficus('promote', 'catalog')) === 1, 'promote is refused, and says why');

  tell.step('Service repaired: a new build starts its evidence anew');
  await estate.catalog.stop();
  await estate.catalog.start({ SERVICE_VERSION: '1.0.1', CATALOG_FAULTS: '' });
  await untilAnswers(`${estate.urls.catalog}/readyz`, estate.catalog);
  await until('the new build is seen', async () => (await status()).builds.service === '1.0.1');
  tell.check((await pairs()) === 0, 'build 1.0.1 announced itself; it has no pairs yet');

  tell.step('Pairs gathered');
  await gather(1000, 400);
  const gathered = await status();
  tell.check(
    gathered.pairs.differed === 0,
    `${gathered.pairs.agreed} pairs agree, ${gathered.pairs.differed} differ`,
  );
  tell.check((await ficus('gate', 'catalog')) === 0, 'the gate answers; contracts are still missing');

  tell.step('Contracts verified against the monolith and the running build');
  tell.check((await ficus('verify', 'catalog')) === 0, 'both sides keep the contract of web-shop');

  tell.step('The gate opens');
  await ficus('gate', 'catalog');
  tell.check(
    (await readFicus<{ state: string }>(admin, ['gate', 'catalog'])).state === 'open',
    'every reason is met',
  );

  tell.step('Canary 5 %: some users, and always the same');
  tell.check(
    (await ficus('promote', 'catalog', '--to', '5%', '--reason', 'first users')) === 0,
    'promoted to 5 %',
  );
  const first = usersOf(await browse(proxy, 800, 400), 'catalog');
  const again = usersOf(await browse(proxy, 800, 400, 5), 'catalog');
  tell.check(first.size > 4 && first.size < 45, `${first.size} of 400 users are answered by the catalog`);
  tell.check(first.size === again.size && first.isSubsetOf(again), 'asked again, they are the same users');
  await ficus('promote', 'catalog', '--to', '25%', '--reason', 'more of them');
  const more = usersOf(await browse(proxy, 800, 400), 'catalog');
  tell.check(
    more.size > first.size && first.isSubsetOf(more),
    `at 25 % it is ${more.size} users, the first ones among them`,
  );

  tell.step('100 %: the catalog answers everybody');
  tell.check(
    (await ficus('promote', 'catalog', '--to', '100%', '--reason', 'evidence is good')) === 0,
    'promoted to 100 %',
  );
  const all = await browse(proxy, 400, 400);
  tell.check(failed(all) === 0 && usersOf(all, 'monolith').size === 0, '400 requests: all from the catalog');
  await ficus('status');

  tell.step('The catalog is killed: clients see no failed GET');
  await estate.catalog.stop('SIGKILL');
  const without = await browse(proxy, 300, 100);
  tell.check(
    failed(without) === 0,
    `300 requests, ${failed(without)} failed: the monolith answered in its place`,
  );
  await until('the fallbacks are counted', async () => (await status()).traffic.fallbacks >= 300);
  tell.check(true, `${(await status()).traffic.fallbacks} fallbacks were counted`);

  tell.step('Roll back');
  tell.check((await ficus('rollback', 'catalog', '--reason', 'the catalog is down')) === 0, 'rolled back');
  const back = await status();
  tell.check(back.share.effective === 0, `asked ${back.share.asked} %, effective ${back.share.effective} %`);
  const after = await browse(proxy, 100, 100);
  tell.check(
    failed(after) === 0 && usersOf(after, 'monolith').size === 100,
    '100 requests: all from the monolith',
  );

  tell.step('Who moved what, and why');
  await ficus('audit');
  tell.check((await ficus('audit', '--verify')) === 0, 'the audit chain is intact');
}

/** Waits for something that happens by itself, for a bounded time. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited 60 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** The demo's routes.yaml on the tour's ports, with its contracts beside it. */
async function writeRoutes(
  folder: string,
  ports: { monolith: number; catalog: number; payments: number },
): Promise<string> {
  const demo = await readFile(path.join(root, 'routes.yaml'), 'utf8');
  const file = path.join(folder, 'routes.yaml');
  await writeFile(
    file,
    demo
      .replaceAll(':9000', `:${ports.monolith}`)
      .replaceAll(':9001', `:${ports.catalog}`)
      .replaceAll(':9002', `:${ports.payments}`),
  );
  await symlink(path.join(root, 'contracts'), path.join(folder, 'contracts'));
  return file;
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ficus-tour-'));
  // Postgres runs as a user of its own when we are root, and must be able to pass.
  await chmod(folder, 0o711);
  let estate: Estate | undefined;
  try {
    console.log(
      'The life of a migration, on real traffic. Starting Postgres, the monolith, the catalog and the proxy …',
    );
    const ports = {
      monolith: await freePort(),
      catalog: await freePort(),
      payments: await freePort(),
      psp: await freePort(),
      proxy: await freePort(),
      admin: await freePort(),
    };
    estate = await startEstate({
      dataDir: path.join(folder, 'data'),
      routesFile: await writeRoutes(folder, ports),
      ports,
      catalogVersion: '1.0.0',
      catalogFaults: 'rounded-prices,dropped-null',
      apiKey: 'tour-key',
      onLine: (from, line) => shownLines.push(`[${from}] ${line}`),
      onUp: (part, url) => tell.say(`${part.padEnd(9)} ${url}`),
    });
    await tour(estate);
  } catch (error) {
    tell.check(false, error instanceof Error ? error.message : String(error));
    console.error(shownLines.slice(-40).join('\n'));
  } finally {
    await estate?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  if (tell.missed.length === 0) {
    console.log(`\nAll of it happened, in ${seconds} s.`);
    return;
  }
  console.error(
    `\nNot all of it happened (${seconds} s):\n${tell.missed.map((text) => `  ✗ ${text}`).join('\n')}`,
  );
  process.exitCode = 1;
}

await main();
