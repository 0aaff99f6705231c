/**
 * Shadows thousands of POSTs of payments in dry-run and shows that nothing of them is left: no row, no event, no
 * mail (which is an event), nothing in Redis, nothing on the books of the payment provider.
 *   node scripts/dry-run-proof.ts [POSTS] [proxy|service]
 * `proxy`: clients post through Ficus, the monolith answers, copies go to the service. `service`: marked copies are
 * sent straight to it.
 */
import type { MigrationStatus } from '../proxy/admin/api-types.ts';
import { RunningFicus } from '../test/support/running-ficus.ts';
import { startTestDatabase } from '../test/support/test-database.ts';
import { type PaymentsEstate, post, startPaymentsEstate } from './dry-run-proof/payments-estate.ts';
import { countLines, differencesOf, readTraces } from './dry-run-proof/traces.ts';

export type ProofOptions = {
  posts: number;
  through: 'proxy' | 'service';
  tell?: (text: string) => void;
};

export type Proof = {
  /** Copies that the service answered. */
  copies: number;
  /** By status, what was answered to the posts that were sent: by the monolith, or to copies that were sent directly. */
  statuses: Readonly<Record<string, number>>;
  /** Of pairs; undefined without a proxy. */
  pairs: MigrationStatus['pairs'] | undefined;
  /** Rows, keys and entries that were there before, and have to be there still. */
  compared: number;
  /** What is there now and was not, or the other way round. */
  differences: string[];
  /** Times the provider was asked what it would say. */
  simulations: number;
};

const CLIENTS = 12;
/** Seeded orders that are paid in the proof. */
const ORDERS = 10_000;

export async function proveDryRun(
  estate: PaymentsEstate,
  { posts, through, tell = () => {} }: ProofOptions,
): Promise<Proof> {
  const known = await makePayments(estate);
  // Through the proxy, the monolith writes for real into its own schema.
  const schemas = through === 'proxy' ? ['payments'] : ['payments', 'legacy'];
  const before = await readTraces({ ...estate.places, schemas });
  const simulatedBefore = estate.places.psp.simulations();
  tell(`${countLines(before)} rows, keys and entries are there before the first copy`);
  const shadow = through === 'proxy' ? shadowThroughProxy : shadowDirectly;
  const shadowed = await shadow(estate, { posts, known, tell });
  const published = await estate.service.publishNow();
  const after = await readTraces({ ...estate.places, schemas });
  const differences = differencesOf(before, after);
  if (published > 0) differences.push(`${published} events were published`);
  return {
    ...shadowed,
    compared: countLines(before),
    differences,
    simulations: estate.places.psp.simulations() - simulatedBefore,
  };
}

type Known = { authorised: string[]; captured: string[] };
type ShadowOptions = { posts: number; known: Known; tell: (text: string) => void };
type Shadowed = Pick<Proof, 'copies' | 'statuses' | 'pairs'>;

/** Real payments at the service, with their events published: what must not change is not nothing. */
async function makePayments({ service }: PaymentsEstate): Promise<Known> {
  const made = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const body = { orderNo: i + 1, method: 'card', amountMinor: 5000 };
      const { paymentId } = await post(service.url, '/api/payments', body);
      if (i % 2 === 0) await post(service.url, `/api/payments/${paymentId}/capture`, {});
      return String(paymentId);
    }),
  );
  await service.publishNow();
  return {
    authorised: made.filter((_, i) => i % 2 === 1),
    captured: made.filter((_, i) => i % 2 === 0),
  };
}

/** What client number `n` of the direct proof asks for: everything that payments can be asked, refusals included. */
function directPost(n: number, { authorised, captured }: Known): [path: string, body: object] {
  const orderNo = (n % ORDERS) + 1;
  const pick = (ids: string[]) => ids[n % ids.length];
  switch (n % 6) {
    case 0:
      return ['/api/payments', { orderNo, method: 'card', amountMinor: 1999 }];
    case 1: // The provider declines it.
      return ['/api/payments', { orderNo, method: 'paypal', amountMinor: 2051 }];
    case 2:
      return [`/api/payments/${pick(authorised)}/capture`, {}];
    case 3:
      return [`/api/payments/${pick(captured)}/refund`, { amountMinor: 100 }];
    case 4: // It is captured already.
      return [`/api/payments/${pick(captured)}/capture`, {}];
    default: // There is no such order.
      return ['/api/payments', { orderNo: 999_999, method: 'card', amountMinor: 1 }];
  }
}

async function shadowDirectly({ service }: PaymentsEstate, options: ShadowOptions): Promise<Shadowed> {
  const { posts, known, tell } = options;
  const statuses: Record<string, number> = {};
  let next = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (next < posts) {
        const n = next++;
        const [path, body] = directPost(n, known);
        const { status } = await post(service.url, path, body, { 'Ficus-Shadow': 'dry-run' });
        statuses[status] = (statuses[status] ?? 0) + 1;
        if ((n + 1) % 1000 === 0) tell(`${n + 1} copies`);
      }
    }),
  );
  return { copies: posts, statuses, pairs: undefined };
}

async function shadowThroughProxy(estate: PaymentsEstate, options: ShadowOptions): Promise<Shadowed> {
  const { posts, tell } = options;
  // Ficus' own tables are not the service's.
  const database = await startTestDatabase();
  const ficus = await RunningFicus.start(routesFor(estate), {
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
    FICUS_ACCESS_LOG_SAMPLE: '0',
  });
  try {
    const shadow = await ficus.run('shadow', 'payments', '--share', '100%');
    if (shadow.exitCode !== 0) throw new Error(shadow.stderr);
    const statuses: Record<string, number> = {};
    const status = () => ficus.read<MigrationStatus>('migrations/payments');
    const copied = async () => {
      const { agreed, differed, incomparable } = (await status()).pairs;
      return agreed + differed + incomparable;
    };
    // Copies are dropped rather than let clients wait: what was dropped is made up for.
    for (let sent = 0; (await copied()) < posts; ) {
      const round = Math.min(500, posts);
      await Promise.all(
        Array.from({ length: CLIENTS }, async (_, client) => {
          for (let i = 0; i < round / CLIENTS; i += 3)
            await payAndRefund(ficus.url, sent + client * round + i, statuses);
        }),
      );
      sent += round;
      tell(`${await copied()} copies answered and compared`);
    }
    const { pairs } = await status();
    if (pairs.differed > 0) tell((await ficus.run('diffs', 'payments')).stdout);
    return { copies: await copied(), statuses, pairs };
  } finally {
    await ficus.remove();
    await database.stop();
  }
}

/** Three posts of one client, the second and third about what the first made. */
async function payAndRefund(url: string, n: number, statuses: Record<string, number>): Promise<void> {
  const count = ({ status }: { status: number }) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const amountMinor = n % 7 === 0 ? 2051 : 1000 + (n % 50);
  const made = await post(url, '/api/payments', { orderNo: (n % ORDERS) + 1, method: 'card', amountMinor });
  count(made);
  count(await post(url, `/api/payments/${made.paymentId}/capture`, {}));
  count(await post(url, `/api/payments/${made.paymentId}/refund`, { amountMinor: 500 }));
}

const routesFor = ({ monolithUrl, service }: PaymentsEstate) => `version: 1
upstreams:
  monolith: { url: '${monolithUrl}' }
  payments: { url: '${service.url}', credentials: forward }
default: monolith
migrations:
  payments:
    service: payments
    routes:
      - { match: POST /api/payments, shadow: dry-run }
      - { match: 'POST /api/payments/{paymentId}/capture', shadow: dry-run }
      - { match: 'POST /api/payments/{paymentId}/refund', shadow: dry-run }
    shadow:
      timeoutMs: 20000
      compare:
        map: [{ at: body:/paymentId, ids: true }]
        tolerate: [{ at: body:/createdAt, withinMs: 60000 }]
`;

if (import.meta.main) {
  const [posts = '10000', through = 'proxy'] = process.argv.slice(2);
  if (!/^\d+$/.test(posts) || (through !== 'proxy' && through !== 'service')) {
    console.error('Usage: node scripts/dry-run-proof.ts [POSTS] [proxy|service]');
    process.exit(2);
  }
  const startedMs = performance.now();
  const estate = await startPaymentsEstate();
  const tell = (text: string) => console.log(text);
  const proof = await proveDryRun(estate, { posts: Number(posts), through, tell }).finally(estate.stop);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${proof.copies} dry runs in ${seconds.toFixed(0)} s, answered ${JSON.stringify(proof.statuses)}; ` +
      `${proof.simulations} simulations at the payment provider`,
  );
  if (proof.pairs) {
    const { agreed, differed, incomparable } = proof.pairs;
    console.log(`${agreed} pairs agree, ${differed} differ, ${incomparable} could not be compared`);
  }
  console.log(
    proof.differences.length === 0
      ? `Nothing is left behind: ${proof.compared} rows, keys and entries are what they were.`
      : `Left behind:\n${proof.differences.join('\n')}`,
  );
  if (proof.differences.length > 0) process.exitCode = 1;
}
