import { openDatabase } from '../../examples/monolith/db.ts';
import { seedOnce } from '../../examples/monolith/seed/seed.ts';
import type { DatabaseContents } from './test-database.ts';

/** All that the demo monolith has after its first start, which takes seconds. */
export const monolithData: DatabaseContents = {
  name: 'monolith',
  async fill(url) {
    const database = openDatabase(url);
    try {
      await seedOnce(database);
    } finally {
      await database.end();
    }
  },
};
