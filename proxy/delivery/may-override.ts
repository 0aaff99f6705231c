import type { Actor } from './model.ts';

/**
 * Whether somebody may go past the gate. There is no login yet, and the admin API answers on loopback only: who
 * reaches it may move every migration, this way too. The one place to ask for a role once there are roles.
 */
export function mayOverride(_actor: Actor): boolean {
  return true;
}
