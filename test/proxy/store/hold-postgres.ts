/** Runs an embedded Postgres in the data directory given and says its address: a process for tests to kill. */
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../../proxy/store/embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const { url } = await startEmbeddedPostgres({ dataDir, log, database: 'ficus' });
process.stdout.write(`${url}\n`);
setInterval(() => {}, 60_000);
