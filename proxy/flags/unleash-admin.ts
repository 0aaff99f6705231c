import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import { flagOf } from './flag-names.ts';
import { FlagChanged, FlagError, type KillChange, type ShareChange } from './flag-source.ts';
import { killFlag, killStrategy } from './kill-flag.ts';
import { askedShare, formatShare, shareProblem, shareStrategy } from './share.ts';
import type { UnleashApi } from './unleash-api.ts';

/** Shown in Unleash beside the strategy: its server has no comments, and its events only say what changed. */
const maxTitleLength = 120;

/** A flag as one environment has it. */
interface Environment {
  readonly enabled: boolean;
  readonly strategies: readonly (NonNullable<FeatureInterface['strategies']>[number] & {
    readonly id: string;
    readonly disabled?: boolean | null;
  })[];
}

/** Sets flags through Unleash's admin API. */
export class UnleashAdmin {
  readonly #api: UnleashApi;

  constructor(api: UnleashApi) {
    this.#api = api;
  }

  /**
   * Gives the flag one strategy, which asks for the share, and turns it on; for 0 % only turns it off. Rejects
   * with a `FlagError` that says what to do, also when the flag asks for none of the shares that were `seen`
   * last: somebody else has just moved it, and whoever asks here has not seen that.
   */
  async setShare(change: ShareChange, seen: readonly number[]): Promise<void> {
    const problem = shareProblem(change.percent);
    if (problem !== undefined) throw new FlagError(problem);
    const flag = flagOf(change.migrationId, change.which);
    const isThere = await this.#isThere(flag);
    if (!isThere && change.percent === 0) return;
    if (!isThere) await this.#create(flag, descriptionOf(change));
    // Going to 0 % switches the flag off and leaves what it asks of whom as it is; nothing may stand in its way.
    if (change.percent === 0) return this.#turn(flag, 'off');
    const { actor, reason, migrationId, which, percent } = change;
    const title = `${formatShare(percent)} by ${actor}: ${reason}`;
    const there = await this.#environment(flag);
    if (isThere) expectSeen(flag, there, [...seen, percent]);
    // A strategy is set before its flag is turned on: in between nobody gets more.
    await this.#setStrategy(flag, there, { ...shareStrategy(migrationId, which, percent), title });
    await this.#turn(flag, 'on');
  }

  /** Makes the flag where it is missing and takes it out of the archive where it is there. */
  async setKill({ on, actor, reason }: KillChange): Promise<void> {
    if (!(await this.#isThere(killFlag))) {
      const description = 'Ficus: while it is on, everything goes to the monolith';
      await this.#create(killFlag, description, { revive: true });
    }
    if (!on) return this.#turn(killFlag, 'off');
    const title = `on by ${actor}: ${reason}`;
    await this.#setStrategy(killFlag, await this.#environment(killFlag), { ...killStrategy, title });
    await this.#turn(killFlag, 'on');
  }

  async #isThere(flag: string): Promise<boolean> {
    const answer = await this.#api.features('GET', `/${flag}`);
    if (answer.status === 404) return false;
    this.#api.expectDone(answer, flag);
    return true;
  }

  async #create(flag: string, description: string, { revive = false } = {}): Promise<void> {
    const made = await this.#api.features('POST', '', { name: flag, type: 'release', description });
    if (made.status !== 409) return this.#api.expectDone(made, flag);
    if (!revive) {
      throw new FlagError(`the flag ${flag} is archived in Unleash: revive it there, then try again`);
    }
    // It comes back turned off.
    this.#api.expectDone(await this.#api.ask('POST', `/archive/revive/${flag}`), flag);
  }

  async #turn(flag: string, to: 'on' | 'off'): Promise<void> {
    this.#api.expectDone(await this.#api.inEnvironment('POST', flag, `/${to}`), flag);
  }

  async #environment(flag: string): Promise<Environment> {
    const found = await this.#api.inEnvironment('GET', flag, '');
    this.#api.expectDone(found, flag);
    return found.body as Environment;
  }

  async #setStrategy(
    flag: string,
    { strategies: existing }: Environment,
    { title, ...wanted }: { readonly title: string; readonly name: string },
  ): Promise<void> {
    const strategy = { ...wanted, title: title.slice(0, maxTitleLength), segments: [], disabled: false };
    const ours = existing.find(({ name }) => name === strategy.name);
    const answer = ours
      ? await this.#api.inEnvironment('PUT', flag, `/strategies/${ours.id}`, strategy)
      : await this.#api.inEnvironment('POST', flag, '/strategies', strategy);
    this.#api.expectDone(answer, flag);
    for (const other of existing) {
      if (other === ours) continue;
      const removed = await this.#api.inEnvironment('DELETE', flag, `/strategies/${other.id}`);
      this.#api.expectDone(removed, flag);
    }
  }
}

/** Unleash takes no precondition, so what is left is the moment between this look and the write. */
function expectSeen(flag: string, { enabled, strategies }: Environment, seen: readonly number[]): void {
  const active = strategies.filter(({ disabled }) => disabled !== true);
  const isOn = enabled && (active.length > 0 || strategies.length === 0);
  const feature = { name: flag, enabled: isOn, strategies: active } as unknown as FeatureInterface;
  const { percent } = askedShare({ version: 2, features: [feature], segments: [] }, flag);
  if (seen.includes(percent)) return;
  throw new FlagChanged(
    `somebody has changed ${flag} in Unleash just now: it asks for ${formatShare(percent)}, and not for ${formatShare(seen[0] ?? 0)} any more. Look at ficus status, then try again`,
  );
}

function descriptionOf({ migrationId, which }: ShareChange): string {
  return which === 'serve'
    ? `Ficus: share of users that the service of ${migrationId} answers`
    : `Ficus: share of the requests of ${migrationId} that are copied`;
}
