import type { ReplayMessage, ReplayOrder, ReplayReport } from '../../proxy/replay/protocol.ts';
import { runProgram } from '../child-program.ts';
import { defineCommand, type Outcome } from '../command.ts';
import { FailedError } from '../failures.ts';
import { count } from '../format.ts';
import { inert, inertText } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { createProgress, duration } from '../progress.ts';
import { withLiveVerdicts } from './live-verdicts.ts';
import { replayOrder } from './replay-order.ts';
import { renderReplay } from './replay-view.ts';

const replayProgram = new URL('../../proxy/replay/main.ts', import.meta.url);

export const replay = defineCommand({
  name: 'replay',
  usage: 'replay FILE… --service URL (--monolith URL | --control-recorded) [options]',
  operands: [
    { name: 'FILE…', required: true, repeated: true, text: 'recordings, HAR files, or folders of them' },
  ],
  options: {
    service: { type: 'string', value: 'URL', text: 'the side that is tried' },
    monolith: { type: 'string', value: 'URL', text: 'the side that it is compared with' },
    'control-recorded': { type: 'boolean', text: 'compare with the recorded answers instead' },
    config: { type: 'string', value: 'FILE', text: 'rules and routes (routes.yaml, where there is one)' },
    migration: { type: 'string', value: 'ID', text: 'only its requests' },
    rate: {
      type: 'string',
      value: 'RATE',
      text: '500/s, 2x, as-recorded; without it as fast as they answer',
    },
    concurrency: { type: 'string', value: 'N', text: 'requests under way at once (8)' },
    timeout: { type: 'string', value: 'MS', text: "for one answer (the migration's shadow.timeoutMs)" },
    unsafe: {
      type: 'string',
      value: 'MODE',
      choices: ['skip', 'dry-run', 'send'],
      text: 'POST and the like: skip, dry-run or send (skip)',
    },
    header: {
      type: 'strings',
      value: "'NAME: VALUE'",
      text: 'sent in place of the recorded one; repeatable',
    },
    secrets: { type: 'string', value: 'FILE', text: 'what to send for redacted values: "1a2b3c4d: value"' },
    'redaction-key': {
      type: 'string',
      value: 'FILE',
      text: 'redaction.key of the data directory it was recorded in',
    },
    'max-different': {
      type: 'string',
      value: 'SHARE',
      text: 'of the pairs that may differ, such as 0.5% (0%)',
    },
    'fail-on-new-signature': { type: 'boolean', text: 'only signatures that are not known fail' },
    known: { type: 'string', value: 'FILE', text: 'a report of --json whose signatures are known' },
    verdicts: {
      type: 'strings',
      value: 'FILE',
      text: '`ficus verdicts ID --json`: what is expected or noise counts as agreement; repeatable',
    },
    'live-verdicts': { type: 'boolean', text: 'the same from the running Ficus (--admin)' },
    resume: { type: 'string', value: 'FILE', text: 'go on from this state of a stopped replay' },
  },
  asksAdmin: true,
  examples: [
    'ficus replay recordings/ --monolith http://127.0.0.1:9000 --service http://127.0.0.1:9001 --rate 2x',
    'ficus replay yesterday.ndjson.gz --control-recorded --service http://127.0.0.1:9001 --max-different 0.5%',
    "ficus replay traffic.har --monolith http://old.test --service http://new.test --header 'Authorization: Bearer …'",
  ],

  async run({ operands, values, width, paint, admin }) {
    const order = replayOrder(
      operands.filter((file) => file !== undefined),
      values,
    );
    const report = values['live-verdicts']
      ? await withLiveVerdicts(admin(), order, replayed)
      : await replayed(order);
    const resume = report.stopped ? resumeHint(order.stateFile) : undefined;
    return outcomeOf(report, resume, { width, paint });
  },
});

async function replayed(order: ReplayOrder): Promise<ReplayReport> {
  const progress = createProgress(process.stderr);
  let report: ReplayReport | undefined;
  let failure: string | undefined;
  await runProgram(replayProgram, [JSON.stringify(order)], (value) => {
    const message = value as ReplayMessage;
    if (message.event === 'report') report = message.report;
    else if (message.event === 'failed') failure = message.detail;
    else progress.show(message.total === 0 ? 1 : message.done / message.total, progressText(message));
  });
  progress.end();
  if (report === undefined) throw replayFailed(failure ?? 'the replay ended without a report');
  return report;
}

function progressText({
  done,
  total,
  different,
  leftMs,
}: Extract<ReplayMessage, { event: 'progress' }>): string {
  const left = leftMs === undefined ? '' : `, ${duration(leftMs)} left`;
  return `${count(done)} of ${count(total)}, ${count(different)} not the same${left}`;
}

function outcomeOf(
  report: ReplayReport,
  resume: string | undefined,
  terminal: { readonly width: number | undefined; readonly paint: Paint },
): Outcome {
  return {
    json: report,
    text: renderReplay(inert(report), terminal),
    warnings: report.warnings.map(inertText),
    failures: [...report.failures, ...(resume === undefined ? [] : [resume])].map(inertText),
  };
}

function resumeHint(stateFile: string): string {
  return `to go on, run the same command with --resume ${stateFile}`;
}

function replayFailed(detail: string): FailedError {
  return new FailedError(detail, {
    document: {
      type: 'urn:ficus:problem:replay_failed',
      title: 'Nothing was replayed',
      code: 'replay_failed',
      detail,
    },
  });
}
