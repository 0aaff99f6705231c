import type { ControlSnapshot } from './snapshot.ts';

/**
 * Migrations whose service this worker has seen fail whatever it is asked. The monolith answers for them until the
 * control plane has taken the share back itself: a snapshot of before must not give it again.
 */
export class FailingServices {
  readonly #ids = new Set<string>();

  /** False where nothing is allowed to the service anyhow: what fails now was asked before. */
  add(migration: string, { caps }: ControlSnapshot): boolean {
    if (this.#ids.has(migration) || !Object.hasOwn(caps, migration) || caps[migration]! <= 0) return false;
    this.#ids.add(migration);
    return true;
  }

  /** The same without a share for them, nor for whoever forces their way to them. */
  without(control: ControlSnapshot): ControlSnapshot {
    if (this.#ids.size === 0) return control;
    const none = Object.fromEntries([...this.#ids].map((id) => [id, 0]));
    const latched = [...(control.latched ?? []), ...this.#ids];
    return { ...control, caps: { ...control.caps, ...none }, latched };
  }

  /** What the control plane has taken back is its own again to give. */
  settle({ caps }: ControlSnapshot): void {
    for (const id of this.#ids) if (!Object.hasOwn(caps, id) || caps[id]! <= 0) this.#ids.delete(id);
  }
}
