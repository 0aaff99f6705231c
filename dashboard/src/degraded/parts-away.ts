import type { Readiness } from '../../../proxy/admin/api-types.ts';

/** A part that is away, what that stops, and what goes on. */
export interface AwayPart {
  readonly name: string;
  readonly text: string;
  readonly detail: string | undefined;
}

/** What goes on without each part, in a sentence. */
const without: Readonly<Record<string, string>> = {
  postgres:
    'Differences, sample pairs and the audit can not be read, and no step forward is taken. Evidence counts as it was last known.',
  redis: 'The guard of each replica goes by what it counts itself.',
  flags: 'The flags that were last known are in force.',
  routes: 'routes.yaml as it is now was refused; the one before it is in force. Settings says why.',
  workers: 'No worker takes requests.',
  certificate: 'The certificate before it is shown.',
  audit: 'What is done may be in the log only.',
};

/** The kill switch has a notice of its own. */
const toldElsewhere: ReadonlySet<string> = new Set(['kill']);

export function partsAway({ parts }: Readiness): AwayPart[] {
  return Object.entries(parts)
    .filter(([name, { up }]) => !up && !toldElsewhere.has(name))
    .map(([name, { detail }]) => ({ name, text: without[name] ?? '', detail }));
}
