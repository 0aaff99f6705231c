import pino, { type Logger } from 'pino';
import type { AdminDeps, AdminReads, VerifyResult } from '../../../proxy/admin/admin-deps.ts';
import type { ContractResult, PairLinks, RevealedValue } from '../../../proxy/admin/api-types.ts';
import { createForceGrants } from '../../../proxy/delivery/force-grants.ts';
import { createKillControl } from '../../../proxy/delivery/kill-control.ts';
import type {
  Actor,
  Delivery,
  GateAnswer,
  MigrationStatus,
  MoveResult,
} from '../../../proxy/delivery/model.ts';
import { MoveRevisions } from '../../../proxy/delivery/move-revisions.ts';
import { previewMove } from '../../../proxy/delivery/preview/preview-move.ts';
import type { RecentAsking } from '../../../proxy/delivery/preview/recent-asking.ts';
import { estateSeries, sparklines } from '../../../proxy/delivery/series/estate-series.ts';
import type { Grid } from '../../../proxy/delivery/series/grid.ts';
import { markerOf } from '../../../proxy/delivery/series/markers.ts';
import { migrationSeries } from '../../../proxy/delivery/series/migration-series.ts';
import type { ContractView } from '../../../proxy/evidence/contract-view.ts';
import type { DraftResult } from '../../../proxy/evidence/draft-contract.ts';
import type { ListedSignature } from '../../../proxy/evidence/list-signatures.ts';
import type { GateReason } from '../../../proxy/evidence/model.ts';
import type { Killed, KillSwitch } from '../../../proxy/flags/kill-switch.ts';
import type { RecordingStatus } from '../../../proxy/recording/recording-status.ts';
import type { AuditCheck, AuditRow, KeptVerdict, PairRow, VerdictRow } from '../../../proxy/store/model.ts';
import type { SeriesRow } from '../../../proxy/store/series-rows.ts';
import type { SignatureHour } from '../../../proxy/store/signature-hours.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { judgeIn, undoIn, withVerdict } from './in-memory-verdicts.ts';
import {
  catalogAsking,
  catalogPair,
  catalogRoutes,
  catalogSignatures,
  catalogStatus,
  failedContract,
  gateReasons,
  previewed,
  priceHours,
  priceVerdict,
} from './sample-data.ts';

const steps = [1, 5, 25, 50, 100];

/** An estate in memory, with the same rules as the real one as far as the admin plane can tell. */
export class InMemoryEstate {
  /** How long, in ms, gates were overridden for. */
  overrides: number[] = [];
  migrations = new Map<string, MigrationStatus>([['catalog', catalogStatus]]);
  reasons: readonly GateReason[] = gateReasons;
  signatures: readonly ListedSignature[] = catalogSignatures;
  verdicts: KeptVerdict[] = [priceVerdict];
  hours: readonly SignatureHour[] = priceHours;
  pairs: readonly PairRow[] = [catalogPair];
  contracts: readonly ContractResult[] = [failedContract];
  auditRows: AuditRow[] = [];
  /** What was counted over time, within a grid. */
  series: (grid: Grid) => readonly SeriesRow[] = () => [];
  recording: RecordingStatus = {
    id: '20261120t120000z-0a1b2c',
    state: 'done',
    startedAt: '2026-11-20T12:00:00.000Z',
    migrations: ['catalog'],
    share: 100,
    exchanges: 2,
    bytes: 512,
    dropped: {},
    parts: [{ name: 'part-0001.ndjson', bytes: 512, exchanges: 2 }],
  };
  asking: RecentAsking = catalogAsking;
  contractView: ContractView = { pacts: [], uses: [], unused: [], results: [], problems: [] };
  draft: DraftResult = {
    done: true,
    draft: { pact: {}, states: 'states: {}\n', notes: [], pair: 'pair-1', route: 'GET /api/products' },
  };
  links: PairLinks = {
    traceId: '018f0c1e7a2b7c3d8e4f5a6b7c8d9e0f',
    traceUrl: 'https://tracing.example/trace/018f0c1e7a2b7c3d8e4f5a6b7c8d9e0f',
  };
  hiddenValues: RevealedValue[] = [];
  /** A file that stands for every part. */
  recordingPart = import.meta.filename;
  auditCheck: AuditCheck | undefined;
  configProblems: readonly string[] = [];
  /** Set: every read of the store is rejected with it. */
  storeError: Error | undefined;
  storeUp = true;
  /** Awaited by every verification. */
  verifyGate: Promise<void> = Promise.resolve();
  logLines: Record<string, unknown>[] = [];
  killed: Killed | undefined;
  /** Set: the kill switch's flag can't be turned off. */
  killStays = false;

  deps(): AdminDeps {
    return {
      delivery: this.delivery(),
      revisions: this.revisions(),
      kill: createKillControl({
        kill: this.killSwitch(),
        audit: ({ actor, action, reason, detail }) =>
          void this.move('catalog', action, { name: actor }, reason, detail),
        clock: systemClock,
      }),
      force: createForceGrants({
        key: 'a key that is long enough for a test',
        audit: ({ actor, action, reason, detail }) =>
          void this.move('catalog', action, { name: actor }, reason, detail),
        clock: systemClock,
      }),
      reads: this.reads(),
      signaturesOf: (migration) => this.signatures.filter((row) => row.migration === migration),
      recorder: {
        keyId: '00112233aabbccdd',
        start: async () => (this.recording.state === 'running' ? undefined : this.recording),
        stop: async (id) => (id === this.recording.id ? this.recording : undefined),
        list: () => [this.recording],
        status: (id) => (id === this.recording.id ? this.recording : undefined),
        partFile: (id, name) =>
          id === this.recording.id && name === 'part-0001.ndjson' ? this.recordingPart : undefined,
      },
      recordAudit: (actor, action, reason) => void this.move('catalog', action, actor, reason, {}),
      verify: async (migration, actor) => this.verify(migration, actor),
      contracts: { view: () => this.contractView, draft: async () => this.draft },
      judge: async (migration, orders) => {
        if (this.storeError) throw this.storeError;
        return judgeIn(this, migration, orders, (row) => this.keepVerdict(row, 'verdict'));
      },
      undoVerdicts: async (migration, order) => {
        if (this.storeError) throw this.storeError;
        return undoIn(this, migration, order, (row) => this.keepVerdict(row, 'verdict-undone'));
      },
      reveal: async (pair, marks, actor, reason) => {
        if (this.storeError) throw this.storeError;
        if (!this.pairs.some(({ id }) => id === pair))
          return { done: false, code: 'unknown_pair', reason: `There is no pair "${pair}".` };
        const values = this.hiddenValues.filter(({ mark }) => marks.includes(mark));
        if (values.length === 0)
          return { done: false, code: 'values_not_kept', reason: 'Nothing of it is kept.' };
        this.move('catalog', 'reveal', actor, reason, {});
        return { done: true, values, notKept: marks.filter((m) => !values.some(({ mark }) => mark === m)) };
      },
      linked: async (pairs) =>
        pairs.map((pair) => ({
          ...pair,
          links: this.links,
          revealable: this.hiddenValues.map(({ mark }) => mark),
        })),
      drill: async (id, actor, reason) => {
        this.move(id, 'drill', actor, reason, {});
        const result = {
          at: '2026-11-20T12:00:00.000Z',
          actor: actor.name,
          share: 5,
          wayBackMs: 4,
          workers: 2,
          requests: 10,
          failed: 0,
        };
        return { done: true, result, text: `${id} was back after 4 ms.`, warnings: [] };
      },
      config: () => ({
        file: 'routes.yaml',
        hash: '0123456789ab',
        loadedAt: '2026-11-20T10:00:00.000Z',
        problems: this.configProblems,
        refusals: this.configProblems.map((text) => ({ text, line: 1, column: 1, lines: [] })),
        replica: 'one',
        workers: [{ pid: 17, hash: '0123456789ab' }],
        flags: { source: 'file', up: true, ageMs: 120 },
      }),
      routes: () => catalogRoutes,
      preview: (id, to) =>
        previewMove(
          { ...previewed, id },
          { from: this.migrations.get(id)?.share.effective ?? 0, to },
          this.asking,
        ),
      readiness: () => ({
        ready: this.storeUp,
        parts: {
          routes: { up: true },
          store: { up: this.storeUp && !this.storeError, ...(!this.storeUp && { detail: 'gone' }) },
        },
      }),
      metrics: async () => '# TYPE ficus_up gauge\nficus_up 1\n',
      log: this.log(),
      clock: systemClock,
    };
  }

  /** As the gate sees it, too. */
  private keepVerdict(row: Omit<KeptVerdict, 'seq'>, action: string): KeptVerdict {
    const kept = { ...row, seq: Math.max(0, ...this.verdicts.map(({ seq }) => seq)) + 1 };
    this.verdicts.unshift(kept);
    this.signatures = this.signatures.map((one) =>
      one.signature === kept.signature ? withVerdict(one, kept) : one,
    );
    this.move(kept.migration, action, { name: kept.actor }, kept.reason, {});
    return kept;
  }

  private revisions(): MoveRevisions {
    return new MoveRevisions({
      status: (id) => this.migrations.get(id),
      store: {
        available: () => false,
        claim: () => Promise.reject(new Error('not asked')),
        isHeld: () => Promise.reject(new Error('not asked')),
        release: () => Promise.reject(new Error('not asked')),
        takeBack: () => Promise.reject(new Error('not asked')),
      },
      audit: this.reads().audit.list,
      onBehind: async () => {},
      onOvertaken: async () => {},
      nowIso: () => '2026-11-20T12:00:00.000Z',
      log: this.log(),
    });
  }

  private killSwitch(): KillSwitch {
    return {
      state: () => this.killed,
      onChange() {},
      on: async (actor, reason) => {
        this.killed = { since: '2026-11-20T12:00:00.000Z', by: 'here', actor, reason };
        return { done: true, warnings: ['The flag ficus.kill could not be turned on: nobody there'] };
      },
      off: async () => {
        if (this.killStays) return { done: false, reason: 'The flag could not be turned off.' };
        this.killed = undefined;
        return { done: true, warnings: [] };
      },
    };
  }

  private delivery(): Delivery {
    return {
      list: () => [...this.migrations.values()],
      status: (id) => this.migrations.get(id),
      gate: (id) => this.gate(id),
      shadow: async (id, sharePercent, actor, reason) =>
        this.move(id, 'shadow', actor, reason, { phase: 'shadow', shadowShare: sharePercent }),
      promote: async (id, toPercent, actor, reason, override) => {
        if (override) this.overrides.push(override.forMs);
        return this.promote(id, toPercent, actor, reason, override !== undefined);
      },
      rollback: async (id, actor, reason) =>
        this.move(id, 'rollback', actor, reason, {
          phase: 'monolith',
          share: { asked: 0, allowed: 0, effective: 0 },
        }),
      pause: async (id, actor, reason) => this.move(id, 'pause', actor, reason, {}),
      resume: async (id, actor, reason) => this.move(id, 'resume', actor, reason, {}),
      abort: async (id, actor, reason) => this.move(id, 'abort', actor, reason, {}),
      approve: async (id, actor, reason) => this.move(id, 'approve', actor, reason, {}),
      retire: async (id, actor, reason) => this.move(id, 'retire', actor, reason, { phase: 'retired' }),
      clearGuard: async (id, actor, reason) => this.move(id, 'guard-cleared', actor, reason, {}),
    };
  }

  private gate(id: string): GateAnswer | undefined {
    const status = this.migrations.get(id);
    if (!status) return undefined;
    const { allowed, asked } = status.share;
    const nextStep = steps.find((step) => step > allowed);
    const missing = this.reasons.filter(({ state }) => state !== 'met').map(({ text }) => text);
    return {
      migration: id,
      state: this.gateState(),
      key: {
        migration: id,
        monolithBuild: status.builds.monolith,
        serviceBuild: status.builds.service,
        rulesHash: 'feedbeef0123',
      },
      reasons: this.reasons,
      coverage: [],
      allowed,
      asked,
      missing,
      ...(nextStep !== undefined && { nextStep }),
    };
  }

  private gateState() {
    if (this.reasons.some(({ state }) => state === 'refused')) return 'refused';
    return this.reasons.some(({ state }) => state === 'waiting') ? 'waiting' : 'open';
  }

  private promote(
    id: string,
    toPercent: number | undefined,
    actor: Actor,
    reason: string,
    isOverridden: boolean,
  ): MoveResult {
    const gate = this.gate(id);
    const to = toPercent ?? gate?.nextStep ?? 100;
    if (gate?.state !== 'open' && !isOverridden)
      return { done: false, code: 'gate_refused', reasons: gate?.missing ?? [] };
    if (!steps.includes(to)) {
      return {
        done: false,
        code: 'not_next_step',
        reasons: [`${to}% is no step; there are ${steps.join(', ')}.`],
      };
    }
    return this.move(id, 'promote', actor, reason, {
      phase: to === 100 ? 'service' : 'canary',
      share: { asked: to, allowed: to, effective: to },
    });
  }

  private move(
    id: string,
    action: string,
    actor: Actor,
    reason: string,
    change: Partial<MigrationStatus>,
  ): MoveResult {
    const before = this.migrations.get(id);
    if (!before) return { done: false, code: 'invalid', reasons: [`no ${id}`] };
    const status: MigrationStatus = { ...before, ...change, revision: before.revision + 1 };
    this.migrations.set(id, status);
    this.auditRows.unshift({
      seq: this.auditRows.length + 1,
      at: '2026-11-20T12:00:00.000Z',
      actor: actor.name,
      action,
      migration: id,
      reason,
      detail: { evidence: { revision: status.revision } },
      hash: 'ab'.repeat(32),
    });
    const warnings = this.storeError ? ['The store is away; the audit row follows when it is back.'] : [];
    return { done: true, status, text: `${id} is in ${status.phase}.`, warnings };
  }

  private reads(): AdminReads {
    const stored = async <T>(rows: () => T): Promise<T> => {
      if (this.storeError) throw this.storeError;
      return rows();
    };
    return {
      listSignatures: (migration) =>
        stored(() => this.signatures.filter((row) => row.migration === migration)),
      migrationOf: (signature) =>
        stored(() => this.signatures.find((row) => row.signature === signature)?.migration),
      verdicts: (_migration, signature) =>
        stored(() => this.verdicts.filter((row) => row.signature === signature)),
      signatureHours: () => stored(() => this.hours),
      standingVerdicts: (migration) =>
        stored(() =>
          this.verdicts
            .filter((row) => row.migration === migration)
            .filter((row): row is KeptVerdict & VerdictRow => row.verdict !== 'withdrawn')
            .map(({ signature, route, place, kind, verdict: state, owner, reason, until }) => ({
              ...{ signature, migration, route, place, kind, state, owner, reason },
              by: 'verdict' as const,
              ...(until !== undefined && { until }),
            })),
        ),
      pairsOfSignature: (migration, signature, limit, _build, after) =>
        stored(() =>
          this.pairs
            .filter(({ at, id }) => !after || at < after.at || (at === after.at && id < after.id))
            .filter((row) => row.migration === migration)
            .filter((row) => row.differences.some((difference) => difference.signature === signature))
            .slice(0, limit),
        ),
      differingPairs: ({ migration, after }) =>
        stored(() => (after ? [] : this.pairs.filter((row) => row.migration === migration))),
      series: {
        migration: (id, grid) =>
          stored(() => {
            const rows = this.series(grid).filter(({ migration }) => migration === id);
            return migrationSeries(id, grid, rows, this.auditRows.map(markerOf));
          }),
        estate: (grid) =>
          stored(() =>
            estateSeries(
              grid,
              this.series(grid).filter(({ migration }) => migration === ''),
            ),
          ),
        sparklines: (ids, grid) => stored(() => sparklines(grid, ids, this.series(grid))),
      },
      pair: (id) => stored(() => this.pairs.find((row) => row.id === id)),
      audit: {
        list: ({
          limit,
          before = Number.POSITIVE_INFINITY,
          after = 0,
          actor,
          action,
          migration,
          since = '',
        }) =>
          stored(() =>
            this.auditRows
              .filter(({ seq, at }) => seq < before && seq > after && at >= since)
              .filter((row) => actor === undefined || row.actor.endsWith(actor))
              .filter((row) => action === undefined || row.action === action)
              .filter((row) => migration === undefined || row.migration === migration)
              .slice(0, limit),
          ),
        verify: () => stored(() => this.auditCheck ?? { rows: this.auditRows.length, intact: true }),
      },
    };
  }

  private async verify(migration: string, actor: Actor): Promise<VerifyResult> {
    await this.verifyGate;
    if (this.contracts.length === 0) {
      return { done: false, reasons: [`contracts/pacts has no pact file for ${migration}.`] };
    }
    this.move(migration, 'verify', actor, '', {});
    return { done: true, results: this.contracts, problems: [] };
  }

  private log(): Logger {
    return pino({ level: 'debug' }, { write: (line: string) => this.logLines.push(JSON.parse(line)) });
  }
}
