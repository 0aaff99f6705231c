/**
 * 1 GB up and 1 GB down through a worker process, shadowed: `node scripts/big-bodies.ts [megabytes]`. Fails
 * when a byte is wrong or memory grows by more than 64 MiB.
 */
import { sendBigBodies } from '../test/faults/big-bodies.ts';

const megabytes = Number(process.argv[2] ?? 1000);
for (const framing of ['sized', 'chunked'] as const) {
  const { upSeconds, downSeconds, overIdleMiB, shadow } = await sendBigBodies(megabytes, framing);
  const rate = (seconds: number) => `${(megabytes / seconds).toFixed(0)} MB/s`;
  console.log(
    `${framing}: up ${rate(upSeconds)}, down ${rate(downSeconds)}, ${overIdleMiB.toFixed(1)} MiB over idle, ` +
      `copies: ${JSON.stringify(shadow)}`,
  );
  if (overIdleMiB > 64) process.exitCode = 1;
}
