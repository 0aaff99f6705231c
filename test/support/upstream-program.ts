/** Entry of an upstream process: writes its ledger to a file, line by line before each answer, and says its port. */
import { openSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { startLedgerServer } from './ledger-upstream.ts';

const options = JSON.parse(process.argv[2]!);
const file = openSync(options.file, 'a');
const server = await startLedgerServer({
  ...options,
  record: (record) => writeSync(file, `${JSON.stringify(record)}\n`),
});
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
