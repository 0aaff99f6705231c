import type { ControlSnapshot, LiveMigration } from './snapshot.ts';

/**
 * Migrations whose service this worker has seen fail whatever it is asked. The monolith answers for them until the
 * control plane has taken the share back itself: a snapshot of before must not give it again.
 */
export class FailingServices {
  readonly #ids = new Set<string>();

  /**
   * False where nothing would be taken back: what fails there was asked before, or by whoever forces their way. Nor
   * where it is retired: the control plane takes nothing back there, since the monolith may have forgotten it.
   */
  add(live: LiveMigration | undefined, { retired }: ControlSnapshot): boolean {
    if (!live || live.serves === 'nobody' || retired?.includes(live.migration.id)) return false;
    this.#ids.add(live.migration.id);
    return true;
  }

  /** The same without a share for them, nor for whoever forces their way to them. */
  without(control: ControlSnapshot): ControlSnapshot {
    const ids = [...this.#ids].filter((id) => !isSettled(id, control));
    if (ids.length === 0) return control;
    const none = Object.fromEntries(ids.map((id) => [id, 0]));
    const latched = [...(control.latched ?? []), ...ids];
    return { ...control, caps: { ...control.caps, ...none }, latched };
  }

  /** What the control plane has taken back is its own again to give. */
  settle(control: ControlSnapshot): void {
    for (const id of this.#ids) if (isSettled(id, control)) this.#ids.delete(id);
  }
}

function isSettled(id: string, { caps, retired }: ControlSnapshot): boolean {
  return !Object.hasOwn(caps, id) || caps[id]! <= 0 || (retired?.includes(id) ?? false);
}
