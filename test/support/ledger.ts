import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { failureMeanings } from '../../proxy/data-plane/failures.ts';
import type { TrafficReport } from '../../proxy/data-plane/traffic-counts.ts';
import { isIdempotentMethod } from '../../proxy/routing/model.ts';
import type { RawClient } from './raw-client.ts';
import { PeerEnded } from './raw-connection.ts';
import type { RawMessage } from './raw-message.ts';

/** What an upstream did with one request; a request that is sent twice has two. */
export interface UpstreamRecord {
  readonly upstream: string;
  /** Unique among all records; the answer carries it. */
  readonly serial: string;
  readonly id: string;
  readonly method: string;
  /** Its body came whole and its answer was handed over whole. */
  readonly complete: boolean;
}

/** How a request ended for the client that sent it. */
type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly serial: string; readonly body: string }
  /** Its connection ended before the answer did. */
  | { readonly kind: 'broken' }
  /** The client itself went away. */
  | { readonly kind: 'left' };

interface Asked {
  readonly method: string;
  outcome: Outcome | undefined;
}

export const ID_HEADER = 'X-Ledger-Id';
export const SERIAL_HEADER = 'X-Ledger-Record';

/** What every upstream answers to a request: nobody else's answer looks like it. */
export function answerTo(id: string, times = 1): string {
  return createHash('sha256').update(id).digest('hex').repeat(times);
}

/** What clients, proxy and upstreams each say about the same requests, and the rules that must hold between them. */
export class Ledger {
  readonly #asked = new Map<string, Asked>();
  readonly #records: UpstreamRecord[] = [];
  /** Outcomes that the proxy counted; undefined when nobody asked it. */
  #counted: number | undefined;

  /** A client is about to send a request; returns its id. */
  begin(method: string): string {
    const id = randomUUID();
    this.#asked.set(id, { method, outcome: undefined });
    return id;
  }

  answered(id: string, answer: RawMessage): void {
    const serial = answer.value(SERIAL_HEADER) ?? '';
    this.#end(id, { kind: 'answered', status: answer.status, serial, body: answer.text });
  }

  broken(id: string): void {
    this.#end(id, { kind: 'broken' });
  }

  left(id: string): void {
    this.#end(id, { kind: 'left' });
  }

  readonly record = (record: UpstreamRecord): void => {
    this.#records.push(record);
  };

  /** What the proxy counted since its last report. */
  counted(report: TrafficReport): void {
    let outcomes = 0;
    for (const { monolith, service } of Object.values(report.migrations))
      outcomes += monolith.requests + service.requests;
    // The others are counted against the side that was asked, too.
    for (const [code, count] of Object.entries(report.failures))
      if (failureMeanings[code as keyof typeof failureMeanings].side === 'client') outcomes += count;
    this.#counted = (this.#counted ?? 0) + outcomes;
  }

  /** How many requests ended with each status, `broken` or `left`. */
  outcomes(method?: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const asked of this.#asked.values()) {
      if (method !== undefined && asked.method !== method) continue;
      const { outcome } = asked;
      const name = outcome?.kind === 'answered' ? String(outcome.status) : (outcome?.kind ?? 'open');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /**
   * L1 every 2xx that a client saw is one complete record of an upstream; L2 a request that is not idempotent
   * reached an upstream at most once; L3 every request has an outcome, at the client and in the proxy's counts;
   * L4 no client got another's bytes, and L5 the bytes are the same whatever else (a shadow, say) went on.
   */
  assert(): void {
    const records = Map.groupBy(this.#records, ({ id }) => id);
    let ended = 0;
    for (const [id, { method, outcome }] of this.#asked) {
      const mine = records.get(id) ?? [];
      assert.ok(outcome, `L3: ${method} ${id} has no outcome`);
      if (!isIdempotentMethod(method))
        assert.ok(mine.length <= 1, `L2: ${method} ${id} was sent ${mine.length} times`);
      if (outcome.kind !== 'left') ended++;
      if (outcome.kind !== 'answered' || outcome.status > 299) continue;
      const its = mine.filter(({ serial, complete }) => serial === outcome.serial && complete);
      assert.equal(its.length, 1, `L1: ${outcome.status} to ${method} ${id} is no complete record`);
      const times = outcome.body.length / 64;
      assert.ok(Number.isInteger(times), `L4: ${method} ${id} got half an answer`);
      if (method !== 'HEAD')
        assert.equal(outcome.body, answerTo(id, times), `L4, L5: ${method} ${id} got another body`);
    }
    for (const { id, upstream } of this.#records)
      assert.ok(this.#asked.has(id), `${upstream} got ${id}, which nobody sent`);
    if (this.#counted === undefined) return;
    assert.ok(this.#counted >= ended, `L3: the proxy counted ${this.#counted} outcomes of ${ended}`);
    assert.ok(
      this.#counted <= this.#asked.size,
      `L3: the proxy counted ${this.#counted} of ${this.#asked.size} requests`,
    );
  }

  #end(id: string, outcome: Outcome): void {
    const asked = this.#asked.get(id);
    assert.ok(asked && !asked.outcome, `${id} was not asked, or ended twice`);
    asked.outcome = outcome;
  }
}

export interface LedgerRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** Field lines. */
  readonly lines?: readonly string[];
}

/** The bytes of a request with this id. */
export function ledgerRequest(id: string, request: LedgerRequest = {}): string {
  const { method = 'GET', path = '/a', body = '', lines = [] } = request;
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const all = ['Host: shop', `${ID_HEADER}: ${id}`, ...length, ...lines];
  return `${method} ${path} HTTP/1.1\r\n${all.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
}

/** Asks on an open connection and writes down how it ended. */
export async function askForLedger(
  ledger: Ledger,
  client: RawClient,
  request: LedgerRequest = {},
): Promise<number | 'broken'> {
  const method = request.method ?? 'GET';
  const id = ledger.begin(method);
  try {
    const answer = await client.ask(ledgerRequest(id, request), method);
    ledger.answered(id, answer);
    return answer.status;
  } catch (error) {
    if (!(error instanceof PeerEnded)) throw error;
    ledger.broken(id);
    return 'broken';
  }
}
