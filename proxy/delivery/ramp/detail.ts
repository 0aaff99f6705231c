import { z } from 'zod';

/** A way from one share to another that somebody asked for, and that is gone step by step. */
const rampSchema = z.object({
  /** Percent in force when it began, and percent asked. */
  from: z.number().min(0).max(100),
  to: z.number().min(0).max(100),
  /** ISO time. */
  since: z.iso.datetime(),
  /** Who asked; `flag` when a flag was raised elsewhere. */
  by: z.string(),
  reason: z.string(),
});

const wordSchema = z.object({ since: z.iso.datetime(), by: z.string(), reason: z.string() });

const approvalSchema = z.object({
  /** Percent: the step that it is for. */
  before: z.number(),
  at: z.iso.datetime(),
  by: z.string(),
  reason: z.string(),
  /** What it was given for: it ends with these. */
  serviceBuild: z.string(),
  monolithBuild: z.string(),
  rulesHash: z.string(),
});

export type Ramp = z.infer<typeof rampSchema>;
export type Approval = z.infer<typeof approvalSchema>;
/** Who said so, when and why: of a pause, and of what was retired. */
export type Word = z.infer<typeof wordSchema>;

/** Who asked, when a flag was raised elsewhere: nobody here knows their name. */
export const BY_FLAG = 'flag';

export interface RampDetail {
  readonly ramp: Ramp | undefined;
  readonly pause: Word | undefined;
  readonly approvals: readonly Approval[];
  /** What the webhooks before the next step wait for, in a sentence. */
  readonly webhook: string | undefined;
  readonly retired: Word | undefined;
}

type Detail = Readonly<Record<string, unknown>>;

/**
 * What a state's detail says of the ramp. Each subject is checked by itself: one that can't be read is as if it were
 * not there, but for a pause, which is kept, since it holds.
 */
export function readRampDetail(detail: Detail): RampDetail {
  const { ramp, pause, approvals, webhook, retired } = detail;
  return {
    ramp: rampSchema.safeParse(ramp).data,
    pause: pause === undefined ? undefined : (wordSchema.safeParse(pause).data ?? unreadablePause),
    approvals: z.array(approvalSchema).safeParse(approvals).data ?? [],
    webhook: typeof webhook === 'string' ? webhook : undefined,
    retired: wordSchema.safeParse(retired).data,
  };
}

const unreadablePause: Word = {
  since: '1970-01-01T00:00:00.000Z',
  by: 'ficus',
  reason: 'what was kept of it can not be read',
};

/** What ends with a ramp: everything about the way, nothing about where it led. */
export const rampOver = {
  ramp: undefined,
  pause: undefined,
  approvals: undefined,
  webhook: undefined,
} as const;

/** `cli:alice` and `api:alice` are one person. */
export function personOf(actor: string): string {
  return actor.replace(/^(cli|api):/, '');
}

/** Of a ramp whose flag somebody raised in Unleash: `unleash:alice`, several where more than one changed it. */
const byUnleash = 'unleash:';

export function raisedBy(authors: string): string {
  return `${byUnleash}${authors}`;
}

/**
 * Whether somebody is among those who asked. Names of Unleash are compared without regard to case, and an address also by
 * what is before its @: who has another name there than here is taken for somebody else.
 */
export function isAmongAskers(actor: string, by: string): boolean {
  const person = personOf(actor);
  if (!by.startsWith(byUnleash)) return person === personOf(by);
  const authors = by.slice(byUnleash.length).split(', ').flatMap(namesOf);
  return namesOf(person).some((name) => authors.includes(name));
}

function namesOf(person: string): string[] {
  const name = person.toLowerCase();
  return [name, name.replace(/@.*/s, '')];
}
