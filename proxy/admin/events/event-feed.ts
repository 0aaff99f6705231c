import type { AdminDeps } from '../admin-deps.ts';
import type { ApiEvent } from '../api-types.ts';
import { auditEvents, changesBetween, type Facts, type Signatures, signatureChanges } from './changes.ts';
import { EventRing, type KeptEvent } from './event-ring.ts';

export type EventFeedDeps = Pick<
  AdminDeps,
  'delivery' | 'kill' | 'config' | 'readiness' | 'signaturesOf' | 'reads' | 'log' | 'clock'
>;

/** What happens on another replica is known here as soon as its state is; so one look sees all there is. */
const lookEveryMs = 1_000;
const signaturesEveryMs = 2_000;
/** More rows at once than this, and nobody is told of each. */
const mostRows = 200;

/**
 * Sees what changes by holding what stands against what stood before: whoever made a change, here or on another
 * replica, need not know of us. It looks only while somebody listens, and once more when somebody comes back.
 */
export class EventFeed {
  readonly #deps: EventFeedDeps;
  readonly #ring = new EventRing();
  readonly #listeners = new Set<(kept: KeptEvent) => void>();
  #before: Facts | undefined;
  #signatures = new Map<string, Signatures>();
  #signaturesAtMs = Number.NEGATIVE_INFINITY;
  #lastSeq: number | undefined;
  #readingAudit: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;

  constructor(deps: EventFeedDeps) {
    this.#deps = deps;
  }

  get newestId(): string {
    return this.#ring.newestId;
  }

  /**
   * What came after the event `id`, with what changed while nobody listened; undefined where that is not known.
   * Of no event in particular nothing is missed.
   */
  missedSince(id: string | undefined): readonly KeptEvent[] | undefined {
    if (this.#listeners.size === 0) void this.look();
    return id === undefined ? [] : this.#ring.after(id);
  }

  /** Calls the listener with every event from now on. Returns how to stop that. */
  listen(listener: (kept: KeptEvent) => void): () => void {
    if (this.#listeners.size === 0) this.#timer = setInterval(() => void this.look(), lookEveryMs).unref();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearInterval(this.#timer);
    };
  }

  /** Something was done: it is looked for when the one who did it has their answer. */
  lookSoon(): void {
    if (this.#listeners.size === 0) return;
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      void this.look();
    });
  }

  /** Resolves when the audit was looked at, too; what memory knows is told at once. Never rejects. */
  async look(): Promise<void> {
    try {
      this.#lookAtFacts();
      this.#lookAtSignatures();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'what changed is not told');
    }
    this.#readingAudit ??= this.#lookAtAudit().finally(() => {
      this.#readingAudit = undefined;
    });
    await this.#readingAudit;
  }

  #lookAtFacts(): void {
    const { delivery, kill, config, readiness } = this.#deps;
    const now: Facts = {
      migrations: delivery.list(),
      kill: kill.status(),
      config: config(),
      readiness: readiness(),
    };
    const events = this.#before ? changesBetween(this.#before, now) : [];
    this.#before = now;
    this.#tell(events);
  }

  /** All of them are gone through, and new ones come in numbers: not with every look. */
  #lookAtSignatures(): void {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#signaturesAtMs < signaturesEveryMs) return;
    this.#signaturesAtMs = nowMs;
    const seen = new Map<string, Signatures>();
    for (const { id } of this.#before?.migrations ?? []) {
      const now: Signatures = new Map(
        this.#deps.signaturesOf(id).map(({ signature, state }) => [signature, state]),
      );
      seen.set(id, now);
      const before = this.#signatures.get(id);
      const event = before && signatureChanges(id, before, now);
      if (event) this.#tell([event]);
    }
    this.#signatures = seen;
  }

  async #lookAtAudit(): Promise<void> {
    const { audit } = this.#deps.reads;
    try {
      const after = this.#lastSeq;
      const rows = await audit.list(after === undefined ? { limit: 1 } : { limit: mostRows, after });
      this.#lastSeq = rows[0]?.seq ?? after ?? 0;
      if (after === undefined) return;
      // There may be more: nobody is to believe that they have seen all of them.
      if (rows.length === mostRows) this.#ring.restart();
      this.#tell(rows.toReversed().flatMap(auditEvents));
    } catch (error) {
      // The store is away: rows come when it is back.
      this.#deps.log.debug({ err: error }, 'the audit is not looked at for events');
    }
  }

  #tell(events: readonly ApiEvent[]): void {
    for (const event of events) {
      const kept = this.#ring.add(event);
      for (const listener of this.#listeners) listener(kept);
    }
  }
}
