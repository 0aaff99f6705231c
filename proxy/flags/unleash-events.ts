import { z } from 'zod';
import type { Changed, FlagEvent } from './flag-source.ts';
import type { UnleashApi } from './unleash-api.ts';

const eventsSchema = z.object({
  events: z.array(
    z.looseObject({
      id: z.number(),
      type: z.string(),
      createdBy: z.string().nullish(),
      createdAt: z.string(),
      environment: z.string().nullish(),
      data: z.unknown().optional(),
    }),
  ),
});

const segmentSchema = z.looseObject({ id: z.number() });

/** Read at a time: a flag with more changes since the last look is told by its newest. */
const newest = 50;

/**
 * What the server's own log has of one flag or segment, or of all flags, in one environment; oldest first. Unleash has
 * `GET /api/admin/search/events` since 4.14; an admin token may read it. Rejects where it can't be read.
 */
export async function readFlagEvents(
  api: Pick<UnleashApi, 'ask'>,
  environment: string,
  of: Changed | undefined,
  timeoutMs?: number,
): Promise<FlagEvent[]> {
  const { status, body } = await api.ask('GET', `/search/events?${queryFor(of)}`, undefined, timeoutMs);
  if (status !== 200) throw new Error(`the event log of Unleash can't be read (${status})`);
  return eventsSchema
    .parse(body)
    .events.filter((event) => (event.environment ?? environment) === environment)
    .filter(({ data }) => !of || 'flag' in of || segmentSchema.safeParse(data).data?.id === of.segment)
    .map(({ id, type, createdBy, createdAt }) => ({ id, type, by: createdBy ?? 'unknown', at: createdAt }))
    .sort((a, b) => a.id - b.id);
}

/** The log can't be asked for one segment: it has all of them. */
function queryFor(of: Changed | undefined): string {
  const limit = `limit=${newest}`;
  if (of === undefined) return limit;
  if ('segment' in of) return `type=IS:segment-updated&${limit}`;
  return `feature=IS:${encodeURIComponent(of.flag)}&${limit}`;
}
