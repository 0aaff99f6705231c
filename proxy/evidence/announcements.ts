import type { Logger } from 'pino';
import { z } from 'zod';
import type { Upstream } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import { getFrom } from './get-from-upstream.ts';

/** What is known of the build that runs behind an upstream. */
export interface Announcement {
  /** Keys the evidence. */
  readonly build: string;
  readonly dryRun: boolean;
  /** Path of its OpenAPI description. */
  readonly openapi?: string;
  /** Whether it answered HTTP at all when it was last asked. */
  readonly reachable: boolean;
}

/** Build of an upstream that announces none and is given none in routes.yaml: another address may be another build. */
function unannounced({ protocol, hostname, port, socketPath, basePath }: Upstream): string {
  const where = protocol === 'unix:' ? socketPath : `${hostname}:${port}`;
  return `${unannouncedPrefix}${where}${basePath}`;
}

const unannouncedPrefix = 'unannounced at ';

/** Whether somebody said which build it is; else it is not even known when it changes. */
export const isAnnounced = (build: string): boolean => !build.startsWith(unannouncedPrefix);

const announcementSchema = z.object({
  service: z.string().max(200),
  version: z.string().min(1).max(200),
  dryRun: z.boolean().optional(),
  // A path of its own and nothing else: an announcement must not send us anywhere else.
  openapi: z
    .string()
    .regex(/^\/(?!\/)[\w./~%-]{0,200}$/)
    .optional(),
});

const limits = { maxBytes: 16_384, timeoutMs: 1500 };

export interface AnnouncementsDeps {
  readonly upstreams: () => readonly Upstream[];
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who every upstream said it is (`GET /.well-known/ficus`) when it was last asked; kept when it goes away. */
export class Announcements {
  readonly #deps: AnnouncementsDeps;
  readonly #known = new Map<string, Announcement>();
  readonly #changedAtMs = new Map<string, number>();

  constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
  }

  of(upstream: Upstream): Announcement {
    return (
      this.#known.get(keyOf(upstream)) ?? {
        build: upstream.version ?? unannounced(upstream),
        dryRun: false,
        reachable: false,
      }
    );
  }

  /** Asks all of them once. */
  async refresh(): Promise<void> {
    await Promise.all(this.#deps.upstreams().map((upstream) => this.#refreshOne(upstream)));
  }

  /** When (epoch ms) another build than before was seen; 0 when the first one still runs. */
  changedAtMs(upstream: Upstream): number {
    return this.#changedAtMs.get(keyOf(upstream)) ?? 0;
  }

  async #refreshOne(upstream: Upstream): Promise<void> {
    const before = this.of(upstream);
    const now = await ask(upstream, before);
    const isKnown = this.#known.has(keyOf(upstream));
    this.#known.set(keyOf(upstream), now);
    if (isKnown && before.build !== now.build) this.#changedAtMs.set(keyOf(upstream), this.#deps.clock.now());
    if (before.build === now.build && before.dryRun === now.dryRun && before.reachable === now.reachable)
      return;
    this.#deps.log.info({ upstream: upstream.id, ...now }, 'upstream announced itself');
    this.#deps.onChange();
  }
}

/** An upstream whose address changes is another one until it has been asked. */
function keyOf(upstream: Upstream): string {
  return `${upstream.id} ${unannounced(upstream)}`;
}

async function ask(upstream: Upstream, before: Announcement): Promise<Announcement> {
  const answer = await getFrom(upstream, '/.well-known/ficus', limits);
  if (answer === undefined) return { ...before, reachable: false };
  const announced = answer.status === 200 ? announcementSchema.safeParse(parseJson(answer.body)) : undefined;
  return {
    build: upstream.version ?? (announced?.success ? announced.data.version : unannounced(upstream)),
    dryRun: announced?.success === true && announced.data.dryRun === true,
    ...(announced?.success && announced.data.openapi !== undefined && { openapi: announced.data.openapi }),
    reachable: true,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
