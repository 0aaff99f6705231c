/**
 * Clients that ask for 10 MB each and read nothing: `node scripts/slow-readers.ts [clients]`, 1,000 unless said
 * otherwise. Fails when the worker then holds 64 MiB or more over what it had before.
 */
import { holdSlowReaders } from '../test/faults/slow-readers.ts';

const readers = Number(process.argv[2] ?? 1000);
const { peakMiB, heldMiB, takenMB } = await holdSlowReaders(readers, 10);
console.log(
  `${readers} readers: ${heldMiB.toFixed(1)} MiB held, at most ${peakMiB.toFixed(1)}, ` +
    `${takenMB.toFixed(0)} MB taken from the upstream`,
);
if (heldMiB >= 64) process.exitCode = 1;
