import type {
  KeptVerdict,
  ListedSignature,
  Role,
  UndoRequest,
  VerdictRequest,
  VerdictsDone,
  VerdictsRequest,
} from '../../../proxy/admin/api-types.ts';
import { write } from '../api/client.ts';
import { migrationPath } from '../api/queries.ts';

const judges: readonly Role[] = ['qa', 'operator', 'admin'];

/** Unknown roles may try: the API knows better. */
export const mayJudge = (role: Role | undefined): boolean => role === undefined || judges.includes(role);

/** What was decided, and what it takes to take it back. */
export interface Judged {
  readonly text: string;
  /** As they are kept. */
  readonly verdicts: readonly KeptVerdict[];
}

type Named = Pick<ListedSignature, 'migration' | 'signature'>;

/** One decision on all of them: of each migration all or none. Rejects with what was refused. */
export async function judge(signatures: readonly Named[], decision: VerdictRequest): Promise<Judged> {
  const all: Judged[] = [];
  for (const [migration, own] of Map.groupBy(signatures, (one) => one.migration)) {
    const order: VerdictsRequest = { ...decision, signatures: own.map(({ signature }) => signature) };
    all.push(await write<VerdictsDone>(`${migrationPath(migration)}/verdicts`, order));
  }
  return joined(all);
}

/** Takes back what was decided, if nobody has decided anything else meanwhile. */
export async function undo({ verdicts }: Pick<Judged, 'verdicts'>): Promise<Judged> {
  const all: Judged[] = [];
  for (const [migration, own] of Map.groupBy(verdicts, (one) => one.migration)) {
    const order: UndoRequest = { verdicts: own.map(({ signature, seq }) => ({ signature, seq })) };
    all.push(await write<VerdictsDone>(`${migrationPath(migration)}/verdicts/undo`, order));
  }
  return joined(all);
}

function joined(all: readonly Judged[]): Judged {
  return {
    text: all.map(({ text }) => text).join(' '),
    verdicts: all.flatMap(({ verdicts }) => verdicts),
  };
}
