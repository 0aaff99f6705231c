import { type Pool, upgradeSchema } from '@ficus/service-kit';

/** Creates schema `payments`, or brings it up to date. */
export const upgradePaymentsSchema = (pool: Pool): Promise<string[]> =>
  upgradeSchema(pool, 'payments', import.meta.dirname);
