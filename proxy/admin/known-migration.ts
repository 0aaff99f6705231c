import { didYouMean } from '../config/did-you-mean.ts';
import type { Delivery, MigrationStatus } from '../delivery/model.ts';
import { AdminProblem } from './problem.ts';

const maxNamed = 10;

export function knownMigration(delivery: Delivery, id: string): MigrationStatus {
  return delivery.status(id) ?? refuseUnknown(delivery, id);
}

export function refuseUnknown(delivery: Delivery, id: string): never {
  const ids = delivery.list().map((migration) => migration.id);
  throw new AdminProblem('unknown_migration', `There is no migration "${id}"${hintAt(id, ids)}`);
}

/** The one that was probably meant, else those that there are, as far as a sentence holds them. */
function hintAt(id: string, ids: readonly string[]): string {
  const nearest = didYouMean(id, ids);
  if (nearest !== '') return nearest;
  if (ids.length === 0) return '; routes.yaml names none.';
  const more = ids.length > maxNamed ? ` and ${ids.length - maxNamed} more` : '';
  return `; routes.yaml names ${ids.slice(0, maxNamed).join(', ')}${more}.`;
}
