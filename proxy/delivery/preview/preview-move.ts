import { counted } from '../../evidence/gate/wording.ts';
import type { Migration } from '../../routing/model.ts';
import type { RecentAsking } from './recent-asking.ts';

/** Who is affected when a migration's share becomes another one, by what its clients asked for lately. */
export interface MovePreview {
  readonly migration: string;
  /** Percent that the service answers now, and would answer. */
  readonly from: number;
  readonly to: number;
  /** How far back it looks; 0 while nothing was asked for. */
  readonly minutes: number;
  readonly requestsPerMinute: number;
  /** Who would be answered by the other side than now. */
  readonly changing: Affected & { readonly to: 'monolith' | 'service' };
  /** Who would stay where they are. */
  readonly stayingAtService: Affected;
  readonly stayingAtMonolith: Affected;
  /** Requests of nobody that `stickBy` recognises: the monolith's until the share is 100 %. */
  readonly unknownPerMinute: number;
  /** Whether every user of that time was counted; else there are at least so many. */
  readonly complete: boolean;
  /** The most asked for first. */
  readonly routes: readonly {
    readonly route: string;
    readonly requestsPerMinute: number;
    readonly changingPerMinute: number;
  }[];
  /** Percent: all steps of the migration, and those on the way that are held. */
  readonly steps: readonly number[];
  readonly heldSteps: readonly number[];
  /** One sentence each: the whole in words, for people. */
  readonly sentences: readonly string[];
}

/** Users of the last minutes, and requests a minute. */
export interface Affected {
  readonly users: number;
  readonly requestsPerMinute: number;
}

const routesAtMost = 50;

/**
 * By the buckets of those who asked, so that somebody who asks a lot counts as much as they ask. Who is in at a share is in
 * at every larger one; below 1 % users are told apart within the first bucket by another hash, and count in part.
 */
export function previewMove(
  migration: Pick<Migration, 'id' | 'service' | 'stickBy' | 'canary' | 'routes'>,
  { from, to }: { readonly from: number; readonly to: number },
  asking: RecentAsking,
  remarks: readonly string[] = [],
): MovePreview {
  const [low, high] = from < to ? [from, to] : [to, from];
  const looked = lookedAt(asking, low, high);
  const all = looked.inside.requests + looked.between.requests + looked.outside.requests;
  const perMinute = asking.minutes === 0 ? 0 : asking.requests / asking.minutes;
  const rate = (requests: number): number => (all === 0 ? 0 : rounded((perMinute * requests) / all));
  const affected = ({ users, requests }: Part): Affected => ({
    users: Math.round(users),
    requestsPerMinute: rate(requests),
  });
  const preview = {
    migration: migration.id,
    from,
    to,
    minutes: rounded(asking.minutes),
    requestsPerMinute: rounded(perMinute),
    changing: {
      ...affected(looked.between),
      to: to >= from ? ('service' as const) : ('monolith' as const),
    },
    stayingAtService: affected(looked.inside),
    stayingAtMonolith: affected(looked.outside),
    unknownPerMinute: rate(asking.unknown),
    complete: asking.complete,
    routes: [...asking.routes]
      .map(([route, requests]) => ({
        route,
        requestsPerMinute: rounded(requests / asking.minutes),
        changingPerMinute:
          all === 0 ? 0 : rounded(((requests / asking.minutes) * looked.between.requests) / all),
      }))
      .sort((a, b) => b.requestsPerMinute - a.requestsPerMinute)
      .slice(0, routesAtMost),
    steps: migration.canary.steps,
    heldSteps: heldStepsOf(migration, from, to),
  };
  return { ...preview, sentences: [...inWords(migration, preview), ...remarks] };
}

interface Part {
  users: number;
  requests: number;
}

/** What was looked at, by whether the smaller share has it, only the larger one, or neither. */
function lookedAt(
  asking: RecentAsking,
  low: number,
  high: number,
): Record<'inside' | 'between' | 'outside', Part> {
  const inside: Part = { users: 0, requests: 0 };
  const between: Part = { users: 0, requests: 0 };
  const outside: Part = { users: 0, requests: 0 };
  const add = (partOfLow: number, partOfHigh: number, users: number, requests: number): void => {
    for (const [part, share] of [
      [inside, partOfLow],
      [between, partOfHigh - partOfLow],
      [outside, 1 - partOfHigh],
    ] as const) {
      part.users += share * users;
      part.requests += share * requests;
    }
  };
  for (const [hash, times] of asking.users) add(partWithin(low, hash), partWithin(high, hash), 1, times);
  add(low / 100, high / 100, 0, asking.byChance);
  add(low >= 100 ? 1 : 0, high >= 100 ? 1 : 0, 0, asking.unknown);
  return { inside, between, outside };
}

/** Whether a share has a user of this hash, as routing/bucket.ts says it; below 1 %, how probably. */
function partWithin(share: number, hash: number): number {
  if (share <= 0) return 0;
  if (share >= 100) return 1;
  const bucket = (hash % 100) + 1;
  if (share >= 1) return bucket <= share ? 1 : 0;
  return bucket === 1 ? share : 0;
}

function heldStepsOf({ canary }: Pick<Migration, 'canary'>, from: number, to: number): number[] {
  const isHeld = canary.holdMinutes > 0 || canary.minRequests > 0;
  return isHeld ? canary.steps.filter((step) => step > from && step < to) : [];
}

function inWords(
  { service, stickBy, canary }: Pick<Migration, 'service' | 'stickBy' | 'canary'>,
  preview: Omit<MovePreview, 'sentences'>,
): string[] {
  const { from, to, minutes, changing, stayingAtService, stayingAtMonolith, complete, heldSteps } = preview;
  if (minutes === 0 || preview.requestsPerMinute === 0)
    return ['Nobody has asked for it in the last ten minutes, so who is affected is not known.'];
  if (from === to) return [`${from} % is what it has: nobody changes sides.`];
  const last = minutes < 1.5 ? 'minute' : `${Math.round(minutes)} minutes`;
  const atLeast = complete ? '' : 'at least ';
  const side = changing.to === 'service' ? service : 'the monolith';
  const seen = changing.users + stayingAtService.users + stayingAtMonolith.users;
  const sentences = [
    `Of ${atLeast}${counted(seen, 'user')} seen in the last ${last}, about ${counted(changing.users, 'user')} with ` +
      `${counted(Math.round(changing.requestsPerMinute), 'request')} a minute would go to ${side}.`,
  ];
  if (changing.to === 'service' && from > 0)
    sentences.push(`Who is in at ${from} % stays in: ${counted(stayingAtService.users, 'user')} of these.`);
  if (changing.to === 'monolith' && to > 0)
    sentences.push(`${counted(stayingAtService.users, 'user')} of these stay with ${service}.`);
  if (preview.unknownPerMinute >= 0.5) {
    const unknown = counted(Math.round(preview.unknownPerMinute), 'request');
    const by = stickBy.map((source) => ('name' in source ? `${source.from} ${source.name}` : source.from));
    sentences.push(`${unknown} a minute have no ${by.join(' or ')}: ${whitherUnknown(service, from, to)}.`);
  }
  if (heldSteps.length > 0) {
    const way = heldSteps.map((step) => `${step} %`).join(', ');
    const held = [
      ...(canary.holdMinutes > 0 ? [`${canary.holdMinutes} minutes`] : []),
      ...(canary.minRequests > 0 ? [counted(canary.minRequests, 'request')] : []),
    ];
    sentences.push(`Not at once: by way of ${way}, each held for ${held.join(' and ')}.`);
  }
  return sentences;
}

/** Whom `stickBy` does not recognise is the monolith's until everybody is the service's. */
function whitherUnknown(service: string, from: number, to: number): string {
  if (to >= 100) return from >= 100 ? `they stay with ${service}` : `they would go to ${service}, too`;
  return from >= 100 ? 'they would go to the monolith' : 'they stay with the monolith until it is 100 %';
}

/** To a tenth below ten. */
const rounded = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
