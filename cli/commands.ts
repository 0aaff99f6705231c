import type { Command } from './command.ts';

/** A command as the list has it; what it does is loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  load(): Promise<Command>;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

/** Every command there is, as `ficus help` lists them. Loading all of them takes as long as starting Node. */
export const commandGroups: readonly CommandGroup[] = [
  {
    title: 'Begin',
    commands: [
      {
        name: 'init',
        summary: 'Write a first routes.yaml from what the monolith serves',
        load: async () => (await import('./commands/init.ts')).init,
      },
      {
        name: 'up',
        summary: 'Run the proxy and its admin plane',
        load: async () => (await import('./commands/up.ts')).up,
      },
      {
        name: 'check',
        summary: 'Validate a routes file: every problem with its place',
        load: async () => (await import('./commands/check.ts')).check,
      },
    ],
  },
  {
    title: 'Look',
    commands: [
      {
        name: 'status',
        summary: 'Phases, shares, agreement, errors, latency, and why not further',
        load: async () => (await import('./commands/status.ts')).status,
      },
      {
        name: 'gate',
        summary: 'Every reason for and against the next step, and what is missing',
        load: async () => (await import('./commands/gate.ts')).gate,
      },
      {
        name: 'open',
        summary: 'The dashboard in the browser, or one migration or difference of it',
        load: async () => (await import('./commands/open.ts')).open,
      },
      {
        name: 'audit',
        summary: 'Who moved what, when and why; --verify checks the hash chain',
        load: async () => (await import('./commands/audit.ts')).audit,
      },
    ],
  },
  {
    title: 'Compare and judge',
    commands: [
      {
        name: 'shadow',
        summary: 'Copy a share of the requests to the service and compare',
        load: async () => (await import('./commands/shadow.ts')).shadow,
      },
      {
        name: 'diffs',
        summary: 'What differs, what holds the gate first; with --signature, pairs side by side',
        load: async () => (await import('./commands/diffs.ts')).diffs,
      },
      {
        name: 'verdict',
        summary: 'Decide on a difference: bug, expected or noise',
        load: async () => (await import('./commands/verdict.ts')).verdict,
      },
      {
        name: 'verdicts',
        summary: 'What was decided on differences and is in force',
        load: async () => (await import('./commands/verdicts.ts')).verdicts,
      },
      {
        name: 'contracts',
        summary: 'What clients ask for and which pact has it; with draft, a pact of what none has',
        load: async () => (await import('./commands/contracts.ts')).contracts,
      },
      {
        name: 'verify',
        summary: 'Verify the contracts against monolith and service, as evidence',
        load: async () => (await import('./commands/verify.ts')).verify,
      },
      {
        name: 'force',
        summary: 'A signed header that puts who sends it on one side, for QA',
        load: async () => (await import('./commands/force.ts')).force,
      },
      {
        name: 'record',
        summary: 'Record live traffic, redacted, to replay it',
        load: async () => (await import('./commands/record.ts')).record,
      },
      {
        name: 'replay',
        summary: 'Send recorded requests to both sides again and compare',
        load: async () => (await import('./commands/replay.ts')).replay,
      },
      {
        name: 'regressions',
        summary: 'Save the stored pairs that differ as a recording, to replay',
        load: async () => (await import('./commands/regressions.ts')).regressions,
      },
    ],
  },
  {
    title: 'Forward',
    commands: [
      {
        name: 'promote',
        summary: 'One step forward, or to a share; refused unless the gate allows it',
        load: async () => (await import('./commands/promote.ts')).promote,
      },
      {
        name: 'pause',
        summary: 'No step forward until somebody resumes',
        load: async () => (await import('./commands/pause.ts')).pause,
      },
      {
        name: 'resume',
        summary: 'Steps forward go on',
        load: async () => (await import('./commands/resume.ts')).resume,
      },
      {
        name: 'approve',
        summary: 'Say yes to the next step that wants a second person',
        load: async () => (await import('./commands/approve.ts')).approve,
      },
      {
        name: 'retire',
        summary: 'The service alone has it, once the monolith had no hit for long enough',
        load: async () => (await import('./commands/retire.ts')).retire,
      },
    ],
  },
  {
    title: 'Back',
    commands: [
      {
        name: 'rollback',
        summary: 'Straight back to the monolith; never refused',
        load: async () => (await import('./commands/rollback.ts')).rollback,
      },
      {
        name: 'abort',
        summary: 'End the ramp: back to the share that it began from',
        load: async () => (await import('./commands/abort.ts')).abort,
      },
      {
        name: 'kill',
        summary: 'Everything to the monolith at once, in every replica',
        load: async () => (await import('./commands/kill.ts')).kill,
      },
      {
        name: 'guard',
        summary: 'What the guard took back; and letting it be promoted again',
        load: async () => (await import('./commands/guard.ts')).guard,
      },
      {
        name: 'drill',
        summary: 'Take a share back for real, measure how long that takes, and give it again',
        load: async () => (await import('./commands/drill.ts')).drill,
      },
    ],
  },
  {
    title: 'Besides',
    commands: [
      {
        name: 'token',
        summary: 'Make a token for the admin API',
        load: async () => (await import('./commands/token.ts')).token,
      },
      {
        name: 'completion',
        summary: 'What makes bash, zsh or fish complete commands, options and migrations',
        load: async () => (await import('./commands/completion.ts')).completion,
      },
      {
        name: 'help',
        summary: 'This list, one command with an example, or a topic',
        load: async () => (await import('./commands/help.ts')).help,
      },
    ],
  },
];

export const commands: readonly CommandEntry[] = commandGroups.flatMap((group) => group.commands);
