import { z } from 'zod';
import type { FlagEvent } from './flag-source.ts';
import type { UnleashApi } from './unleash-api.ts';

const eventsSchema = z.object({
  events: z.array(
    z.looseObject({
      id: z.number(),
      type: z.string(),
      createdBy: z.string().nullish(),
      createdAt: z.string(),
      environment: z.string().nullish(),
    }),
  ),
});

/** Read at a time: a flag with more changes since the last look is told by its newest. */
const newest = 50;

/**
 * What the server's own log has of one flag, or of all of them, in one environment; oldest first. Unleash has
 * `GET /api/admin/search/events` since 4.14; an admin token may read it. Rejects where it can't be read.
 */
export async function readFlagEvents(
  api: UnleashApi,
  environment: string,
  flag: string | undefined,
  timeoutMs?: number,
): Promise<FlagEvent[]> {
  const of = flag === undefined ? '' : `feature=IS:${encodeURIComponent(flag)}&`;
  const { status, body } = await api.ask('GET', `/search/events?${of}limit=${newest}`, undefined, timeoutMs);
  if (status !== 200) throw new Error(`the event log of Unleash can't be read (${status})`);
  return eventsSchema
    .parse(body)
    .events.filter((event) => (event.environment ?? environment) === environment)
    .map(({ id, type, createdBy, createdAt }) => ({ id, type, by: createdBy ?? 'unknown', at: createdAt }))
    .sort((a, b) => a.id - b.id);
}
