import type { Readiness } from '../../../proxy/admin/api-types.ts';

/** A part that is not as it should be. */
export interface AwayPart {
  readonly name: string;
  /** What is the matter. */
  readonly title: string;
  /** What that stops, and what is in force meanwhile. */
  readonly text: string;
  /** In the part's own words. */
  readonly detail: string | undefined;
}

const words: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  postgres: {
    title: 'Postgres is away',
    text: 'Differences, sample pairs and the audit can not be read, and no step forward is taken. Evidence counts as it was last known.',
  },
  redis: { title: 'Redis is away', text: 'The guard of each replica goes by what it counts itself.' },
  flags: { title: 'Flags are not read', text: 'Those that were last known are in force.' },
  routes: {
    title: 'routes.yaml as it is now is refused',
    text: 'The one before it is in force. Settings shows the lines.',
  },
  workers: { title: 'No worker runs', text: 'Requests wait in the kernel until one does.' },
  certificate: { title: 'The new certificate is refused', text: 'Clients are shown the one before it.' },
  audit: { title: 'The audit is not whole', text: 'What is done may be in the log only.' },
};

/** The kill switch has a notice of its own. */
const toldElsewhere: ReadonlySet<string> = new Set(['kill']);

export function partsAway({ parts }: Readiness): AwayPart[] {
  return Object.entries(parts)
    .filter(([name, { up }]) => !up && !toldElsewhere.has(name))
    .map(([name, { detail }]) => ({
      name,
      ...(words[name] ?? { title: `${name} is away`, text: '' }),
      detail: detailOf(name, detail),
    }));
}

/** Of the routes it is the version that stays in force. */
function detailOf(name: string, detail: string | undefined): string | undefined {
  return name === 'routes' && detail !== undefined ? `in force: ${detail}` : detail;
}
