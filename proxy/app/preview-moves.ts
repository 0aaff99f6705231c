import type { RouteReport } from '../admin/api-types.ts';
import type { TrafficReport } from '../data-plane/traffic-counts.ts';
import type { Delivery } from '../delivery/model.ts';
import { type MovePreview, previewMove } from '../delivery/preview/preview-move.ts';
import { AskingHistory } from '../delivery/preview/recent-asking.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Migration, RoutingModel } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import { reportRoutes } from './report-routes.ts';

/** Who would be affected by a move, by what was asked for here in the last minutes. */
export interface MovePreviews {
  onReport(report: Pick<TrafficReport, 'migrations' | 'users'>): void;
  /** Of a migration that there is. `to`: percent. */
  preview(migration: string, to: number): MovePreview;
  /** Likewise. */
  routes(migration: string): readonly RouteReport[];
}

export function createPreviews(deps: {
  readonly clock: Clock;
  readonly model: () => RoutingModel;
  readonly evidence: Pick<Evidence, 'contractView' | 'gate' | 'routes'>;
  readonly delivery: () => Pick<Delivery, 'status'>;
  /** That other replicas have traffic of their own, in a sentence; undefined while there are none. */
  readonly others: () => string | undefined;
}): MovePreviews {
  const asking = new AskingHistory(deps.clock);
  const find = (id: string): Migration => {
    const migration = deps.model().migrations.find((one) => one.id === id);
    if (!migration) throw new Error(`there is no migration "${id}"`);
    return migration;
  };
  return {
    onReport({ migrations, users }) {
      for (const [id, counts] of Object.entries(migrations)) if (id !== '') asking.add(id, counts);
      for (const [id, sample] of Object.entries(users)) asking.addUsers(id, sample);
    },
    preview(id, to) {
      const migration = find(id);
      const from = deps.delivery().status(id)?.share.effective ?? 0;
      const others = deps.others();
      return previewMove(migration, { from, to }, asking.read(id), others === undefined ? [] : [others]);
    },
    routes(id) {
      const migration = find(id);
      return reportRoutes(migration, {
        pairs: deps.evidence.routes(id),
        coverage: deps.evidence.gate(migration).coverage,
        uses: deps.evidence.contractView(id).uses,
        asking: asking.read(id),
        lastSeen: asking.lastSeen(id),
      });
    },
  };
}
