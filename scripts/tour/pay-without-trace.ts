import { randomUUID } from 'node:crypto';
import { differencesOf, dumpTables } from '../dry-run-proof/traces.ts';
import type { Tourist } from './tourist.ts';

const posts = 40;
export const tourKey = 'tour-key';

/** POSTs are copied to a service that runs them in a transaction and rolls back: compared, and nothing is left. */
export async function payWithoutTrace(tourist: Tourist): Promise<void> {
  const { tell, estate } = tourist;
  const { proxy, shopDatabase } = estate.urls;
  tell.step('Writes: payments are copied as dry runs');
  await tourist.ficus('shadow', 'payments', '--share', '100%', '--reason', 'see whether it would take money');
  const before = await dumpTables(shopDatabase, ['payments']);
  const statuses = new Set<number>();
  let orderNo = 0;
  await tourist.until(`${posts} payments are compared`, async () => {
    if ((await tourist.pairs('payments')) >= posts) return true;
    for (let i = 0; i < 10; i++) statuses.add(await authorise(proxy, ++orderNo));
    return false;
  });
  tell.check([...statuses].join() === '201', `${orderNo} payments were taken by the monolith`);
  await tourist.ficus('status', 'payments');
  const { agreed, differed, incomparable } = (await tourist.status('payments')).pairs;
  tell.check(
    differed + incomparable === 0,
    `the service would have answered the same: ${agreed} pairs agree, ${differed} differ`,
  );
  const left = differencesOf(before, await dumpTables(shopDatabase, ['payments']));
  tell.check(
    left.length === 0,
    `nothing of it is left in the service's tables${left.map((one) => `; ${one}`)}`,
  );
}

async function authorise(proxy: string, orderNo: number): Promise<number> {
  const response = await fetch(`${proxy}/api/payments`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Api-Key': tourKey,
      'X-User-Id': `user-${orderNo}`,
      'Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify({ orderNo, method: 'card', amountMinor: 1999 }),
  });
  await response.arrayBuffer();
  return response.status;
}
