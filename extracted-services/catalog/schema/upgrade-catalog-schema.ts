import { type Pool, upgradeSchema } from '@ficus/service-kit';

/** Creates schema `catalog`, or brings it up to date. */
export const upgradeCatalogSchema = (pool: Pool): Promise<string[]> =>
  upgradeSchema(pool, 'catalog', import.meta.dirname);
