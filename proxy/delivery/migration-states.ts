import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { MigrationStateRow } from '../store/model.ts';

const rowSchema = z.object({
  migration: z.string(),
  revision: z.number(),
  granted: z.number().min(0).max(100),
  held: z.boolean(),
  grantedAt: z.iso.datetime(),
  requestsSinceGrant: z.number(),
  phase: z.string(),
  phaseSince: z.iso.datetime(),
  detail: z.record(z.string(), z.unknown()).default({}),
});

/** The part of the store that keeps states; rejects while Postgres is away. */
export interface StateStore {
  load(): Promise<readonly MigrationStateRow[]>;
  save(row: MigrationStateRow): Promise<void>;
}

export interface MigrationStatesDeps {
  /** File in the data directory that carries the states over a restart without Postgres. */
  readonly file: string;
  readonly store: StateStore;
  readonly log: Logger;
}

/**
 * Where every migration stands. Memory decides; the file and Postgres are written behind it, so that no
 * move ever waits for either. Of two copies of a state the one that was taken back more often wins, then the one with
 * the higher revision, of two of one revision that which holds, and of two that hold alike the one that came to
 * Postgres first.
 */
export class MigrationStates {
  readonly #deps: MigrationStatesDeps;
  readonly #rows = new Map<string, MigrationStateRow>();
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: MigrationStatesDeps) {
    this.#deps = deps;
  }

  /** Reads the file; a broken one is reported and left aside: then nothing is granted. */
  async loadFile(): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.#deps.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#deps.log.error({ err: error }, 'states file unreadable');
      return;
    }
    const parsed = z.array(rowSchema).safeParse(parseJson(text));
    if (parsed.success) this.#take(parsed.data);
    else
      this.#deps.log.error({ file: this.#deps.file }, 'states file is not valid: every share starts at 0 %');
  }

  /** Takes what is newer in Postgres, gives what is newer here. Whether anything was taken. */
  async syncWithStore(): Promise<boolean> {
    const stored = await this.#deps.store.load();
    const changed = this.#take(stored);
    const known = new Map(stored.map((row) => [row.migration, row]));
    for (const row of this.#rows.values()) {
      const kept = known.get(row.migration);
      if (!kept || isNewer(row, kept)) await this.#deps.store.save(row);
    }
    return changed;
  }

  get(migration: string, now: string): MigrationStateRow {
    return (
      this.#rows.get(migration) ?? {
        migration,
        revision: 0,
        granted: 0,
        held: false,
        grantedAt: now,
        requestsSinceGrant: 0,
        phase: 'monolith',
        phaseSince: now,
        detail: {},
      }
    );
  }

  /** Takes the change at once and writes it behind. */
  set(row: MigrationStateRow): void {
    this.#rows.set(row.migration, row);
    this.#deps.store.save(row).catch((error: unknown) => {
      this.#deps.log.warn(
        { err: error, migration: row.migration },
        'state not stored yet; the data directory has it',
      );
    });
    this.#writing = this.#writing.then(() => this.#writeFile());
  }

  /** Counts without a revision: written with the next change, or at the end. */
  countRequests(migration: string, requests: number, now: string): void {
    const row = this.get(migration, now);
    this.#rows.set(migration, { ...row, requestsSinceGrant: row.requestsSinceGrant + requests });
  }

  /** What all replicas have counted since a share was granted; of another grant than the present one nothing. */
  setRequests(migration: string, grantedAt: string, requests: number): void {
    const row = this.#rows.get(migration);
    if (row && row.grantedAt === grantedAt && requests > row.requestsSinceGrant)
      this.#rows.set(migration, { ...row, requestsSinceGrant: requests });
  }

  /** Resolves when everything is in the file. */
  async flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeFile());
    await this.#writing;
  }

  #take(rows: readonly MigrationStateRow[]): boolean {
    let changed = false;
    for (const row of rows) {
      const own = this.#rows.get(row.migration);
      if (own && !isNewer(row, own) && !isOtherMove(row, own)) continue;
      // Revisions only grow, also where a way back wins over steps that were taken beside it.
      const isBack = own !== undefined && timesTakenBack(row) > timesTakenBack(own);
      const revision = isBack ? Math.max(row.revision, own.revision + 1) : row.revision;
      this.#rows.set(row.migration, { ...row, revision });
      changed = true;
    }
    return changed;
  }

  async #writeFile(): Promise<void> {
    try {
      await writeFileAtomically(this.#deps.file, JSON.stringify([...this.#rows.values()], undefined, 2));
    } catch (error) {
      this.#deps.log.error({ err: error, file: this.#deps.file }, 'states file not written');
    }
  }
}

/**
 * Two replicas may move the same migration at once, and neither knows of the other's revision: a way back wins,
 * however many steps were taken beside it.
 */
function isNewer(row: MigrationStateRow, than: MigrationStateRow): boolean {
  const [backs, backsThan] = [timesTakenBack(row), timesTakenBack(than)];
  if (backs !== backsThan) return backs > backsThan;
  if (row.revision !== than.revision) return row.revision > than.revision;
  return row.held && !than.held;
}

/** How often its share was lowered so far; who moves it forward goes by the last one. */
export function timesTakenBack({ detail }: Pick<MigrationStateRow, 'detail'>): number {
  const times = detail['takenBack'];
  return typeof times === 'number' && Number.isInteger(times) ? times : 0;
}

/**
 * Two replicas may have moved on from one revision at the same time, such as a promote on one and the step that its flag
 * led to on the other. Postgres keeps the first; a replica that kept the second would go by it until the next move.
 */
function isOtherMove(stored: MigrationStateRow, own: MigrationStateRow): boolean {
  if (timesTakenBack(stored) !== timesTakenBack(own)) return false;
  if (stored.revision !== own.revision || stored.held !== own.held) return false;
  return !isDeepStrictEqual(moveOf(stored), moveOf(own));
}

/** What a move decides, and nothing that is counted or timed. */
function moveOf({ granted, phase, detail }: MigrationStateRow): unknown {
  return { granted, phase, detail };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
