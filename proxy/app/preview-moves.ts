import type { TrafficReport } from '../data-plane/traffic-counts.ts';
import type { Delivery } from '../delivery/model.ts';
import { type MovePreview, previewMove } from '../delivery/preview/preview-move.ts';
import { AskingHistory } from '../delivery/preview/recent-asking.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';

/** Who would be affected by a move, by what was asked for here in the last minutes. */
export interface MovePreviews {
  onReport(report: Pick<TrafficReport, 'migrations' | 'users'>): void;
  /** Of a migration that there is. `to`: percent. */
  preview(migration: string, to: number): MovePreview;
}

export function createPreviews(deps: {
  readonly clock: Clock;
  readonly model: () => RoutingModel;
  readonly delivery: () => Pick<Delivery, 'status'>;
  /** That other replicas have traffic of their own, in a sentence; undefined while there are none. */
  readonly others: () => string | undefined;
}): MovePreviews {
  const asking = new AskingHistory(deps.clock);
  return {
    onReport({ migrations, users }) {
      for (const [id, counts] of Object.entries(migrations)) if (id !== '') asking.add(id, counts);
      for (const [id, sample] of Object.entries(users)) asking.addUsers(id, sample);
    },
    preview(id, to) {
      const migration = deps.model().migrations.find((one) => one.id === id);
      if (!migration) throw new Error(`there is no migration "${id}"`);
      const from = deps.delivery().status(id)?.share.effective ?? 0;
      const others = deps.others();
      return previewMove(migration, { from, to }, asking.read(id), others === undefined ? [] : [others]);
    },
  };
}
