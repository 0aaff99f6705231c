import { stat } from 'node:fs/promises';
import type { ConfigReport, MigrationList } from '../../proxy/admin/api-types.ts';
import type { Destination, SimulationMessage, SimulationReport } from '../../proxy/simulate/protocol.ts';
import type { AdminClient } from '../admin-client.ts';
import { runProgram } from '../child-program.ts';
import type { Outcome } from '../command.ts';
import { FailedError, nobodyAnswers } from '../failures.ts';
import { count, counted, part } from '../format.ts';
import { inert, inertText } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { createProgress } from '../progress.ts';

const simulation = new URL('../../proxy/simulate/main.ts', import.meta.url);

interface Question {
  readonly recordings: readonly string[];
  readonly config: string;
  /** Undefined: the file that a running Ficus goes by, or what the recording says of itself. */
  readonly before: string | undefined;
  readonly failOnChange: boolean;
}

/** Which recorded requests would go elsewhere under a new routes file. */
export async function checkAgainst(
  { recordings, config, before, failOnChange }: Question,
  admin: AdminClient,
  terminal: { readonly paint: Paint; readonly width: number | undefined },
): Promise<Outcome> {
  const running = await askRunning(admin);
  const inForce = before ?? (await readable(running?.file, config));
  const order = {
    files: recordings,
    config,
    ...(inForce !== undefined && { before: inForce }),
    shares: running?.shares ?? {},
  };
  const progress = createProgress(process.stderr);
  let report: SimulationReport | undefined;
  let failure: string | undefined;
  await runProgram(simulation, [JSON.stringify(order)], (value) => {
    const message = value as SimulationMessage;
    if (message.event === 'report') report = message.report;
    else if (message.event === 'failed') failure = message.detail;
    else
      progress.show(
        undefined,
        `${counted(message.requests, 'request')}, ${count(message.changed)} elsewhere`,
      );
  });
  progress.end();
  if (report === undefined) throw notDone(failure ?? 'the check ended without a report');
  const { changed } = report;
  const noShares = running ? [] : ['no Ficus runs here: every migration counts as served and copied at 0 %'];
  return {
    json: report,
    text: render(inert(report), terminal.paint),
    warnings: [...noShares, ...report.warnings].map(inertText),
    failures: failOnChange && changed > 0 ? [`${counted(changed, 'request')} would go elsewhere`] : [],
  };
}

interface Running {
  readonly file: string;
  readonly shares: Record<string, { serve: number; shadow: number }>;
}

async function askRunning(admin: AdminClient): Promise<Running | undefined> {
  try {
    const [{ migrations }, { file }] = await Promise.all([
      admin.get<MigrationList>('/api/migrations'),
      admin.get<ConfigReport>('/api/config'),
    ]);
    const shares = migrations.map(({ id, share, shadowShare }) => [
      id,
      { serve: share.effective, shadow: shadowShare },
    ]);
    return { file, shares: Object.fromEntries(shares) };
  } catch (error) {
    if (nobodyAnswers(error)) return undefined;
    throw error;
  }
}

/** The file in force, unless it is the new one itself, or on another machine. */
async function readable(file: string | undefined, config: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const [own, other] = await Promise.all([file, config].map((name) => stat(name).catch(() => undefined)));
  return own && !(own.ino === other?.ino && own.dev === other.dev) ? file : undefined;
}

function render({ requests, changed, groups, ungrouped, against }: SimulationReport, paint: Paint): string {
  if (changed === 0)
    return `${counted(requests, 'request')}, held against ${against}: none would go elsewhere.`;
  const head = `${count(changed)} of ${counted(requests, 'request')} (${part(changed, requests)}) would go elsewhere than by ${against}:`;
  const lines = groups.flatMap(({ before, after, requests: some, examples }) => [
    '',
    paint('bold', `  ${counted(some, 'request')}`),
    `    now   ${describe(before)}`,
    `    then  ${describe(after)}`,
    `    such as ${examples.join(', ')}`,
  ]);
  const more = ungrouped > 0 ? ['', `  … and ${counted(ungrouped, 'request')} of other kinds`] : [];
  return [head, ...lines, ...more].join('\n');
}

/** `GET /api/products of catalog: catalog at http://127.0.0.1:9001, copied (compare)`. */
function describe({ migration, route, upstream, side, shadow }: Destination): string {
  const where = migration === undefined ? 'no migration' : `${route} of ${migration}`;
  const to = side === 'some' ? `some users to ${upstream ?? 'the service'}` : (upstream ?? `the ${side}`);
  const copies = shadow === undefined || shadow === 'none' ? '' : `; copied (${shadow})`;
  return `${where}: ${to}${copies}`;
}

function notDone(detail: string): FailedError {
  return new FailedError(detail, {
    document: {
      type: 'urn:ficus:problem:check_failed',
      title: 'Nothing was checked',
      code: 'check_failed',
      detail,
    },
  });
}
