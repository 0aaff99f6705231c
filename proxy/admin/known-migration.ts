import type { Delivery, MigrationStatus } from '../delivery/model.ts';
import { AdminProblem } from './problem.ts';

export function knownMigration(delivery: Delivery, id: string): MigrationStatus {
  return delivery.status(id) ?? refuseUnknown(delivery, id);
}

export function refuseUnknown(delivery: Delivery, id: string): never {
  const ids = delivery.list().map((migration) => migration.id);
  const known = ids.length === 0 ? 'routes.yaml names none' : `routes.yaml names ${ids.join(', ')}`;
  throw new AdminProblem('unknown_migration', `There is no migration "${id}"; ${known}.`);
}
