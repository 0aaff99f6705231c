import { startMonolith } from '../../../examples/monolith/monolith.ts';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { startTestPostgres } from '../../support/postgres.ts';

export type TestMonolith = { url: string; port: number; databaseUrl: string; close(): Promise<void> };

/** A monolith on a free port with a Postgres of its own. */
export async function startTestMonolith(): Promise<TestMonolith> {
  const postgres = await startTestPostgres();
  try {
    const monolith = await startMonolith({
      databaseUrl: postgres.url,
      host: '127.0.0.1',
      port: 0,
      apiKeys: ['another-key', demoApiKey],
      sessionSecret: 'test',
    });
    return {
      url: monolith.url,
      port: monolith.port,
      databaseUrl: postgres.url,
      async close() {
        await monolith.close();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
