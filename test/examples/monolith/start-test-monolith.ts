import { startMonolith } from '../../../examples/monolith/monolith.ts';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { monolithData } from '../../support/monolith-data.ts';
import { startTestDatabase } from '../../support/test-database.ts';

export type TestMonolith = { url: string; port: number; databaseUrl: string; close(): Promise<void> };

/** A monolith on a free port with a database of its own. */
export async function startTestMonolith(): Promise<TestMonolith> {
  const database = await startTestDatabase(monolithData);
  try {
    const monolith = await startMonolith({
      databaseUrl: database.url,
      host: '127.0.0.1',
      port: 0,
      apiKeys: ['another-key', demoApiKey],
      sessionSecret: 'test',
    });
    return {
      url: monolith.url,
      port: monolith.port,
      databaseUrl: database.url,
      async close() {
        await monolith.close();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
