import { type Block, type BlockReport, runBlock } from './run-block.ts';

/** What a worker tells its parent: what it found, or what it died of and which scenarios were under way. */
export type WorkerMessage =
  | { readonly report: BlockReport }
  | { readonly crash: string; readonly underWay: readonly number[] };

const underWay = new Set<number>();
const crash = (error: unknown): void => {
  const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  process.send!({ crash: what, underWay: [...underWay] } satisfies WorkerMessage, () => process.exit(1));
};
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

process.once('message', async (block: Block) => {
  const report = await runBlock(
    block,
    (index) => underWay.add(index),
    (index) => underWay.delete(index),
  );
  process.send!({ report } satisfies WorkerMessage, () => process.exit(0));
});
