import { z } from 'zod';
import type { WorkerPool } from '../data-plane/worker-pool.ts';
import type { FlagSource } from '../flags/flag-source.ts';

/** What a replica tells the others of itself, besides its name and its routes.yaml. */
const detailSchema = z.object({
  workers: z.array(z.object({ pid: z.number(), hash: z.string() })),
  flags: z.object({
    source: z.string(),
    up: z.boolean(),
    detail: z.string().optional(),
    ageMs: z.number().optional(),
  }),
  /** Problems for which its file as it is now was refused. */
  refused: z.number(),
});

export interface ReplicaDetail {
  readonly workers: readonly { readonly pid: number; readonly hash: string }[];
  readonly flags: {
    readonly source: string;
    readonly up: boolean;
    readonly detail?: string;
    readonly ageMs?: number;
  };
  readonly refused: number;
}

export function replicaDetail(from: {
  readonly workers: Pick<WorkerPool, 'workers'>;
  readonly flags: Pick<FlagSource, 'health' | 'ageMs'>;
  readonly refused: number;
}): ReplicaDetail {
  const age = from.flags.ageMs();
  return {
    workers: from.workers.workers().map(({ pid, routesHash }) => ({ pid, hash: routesHash })),
    flags: { ...from.flags.health(), ...(age !== undefined && { ageMs: Math.round(age) }) },
    refused: from.refused,
  };
}

/** What another replica said; nothing where an older Ficus runs. */
export function readReplicaDetail(detail: unknown): Partial<ReplicaDetail> {
  const read = detailSchema.safeParse(detail);
  // Undefined members are not in JSON.
  return read.success ? (read.data as ReplicaDetail) : {};
}
