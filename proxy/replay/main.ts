import { loadRoutes } from '../config/load-routes.ts';
import { formatProblem } from '../config/problem.ts';
import { filesOf, noNotes } from '../recording/read-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { keyIdOf } from '../recording/redacted.ts';
import { type ComparedMigration, comparedMigrations } from '../shadow/compared-migration.ts';
import { type MatchExchange, matchByRecording, matchByRoutes } from './match-exchange.ts';
import { createPacer } from './pacer.ts';
import { readHeader } from './prepare-request.ts';
import type { ReplayMessage, ReplayOrder } from './protocol.ts';
import { readKey, readKnown, readSecrets } from './read-inputs.ts';
import { ReplayError } from './replay-error.ts';
import { createExchangeReplay } from './replay-exchange.ts';
import { reportOf } from './report.ts';
import { runReplay } from './run-replay.ts';
import { type Scan, scanRecordings } from './scan-recording.ts';
import { createRequestSender } from './send-request.ts';
import { identityOf, openStateFile } from './state-file.ts';
import { Tally } from './tally.ts';
import { excusedBy, readVerdicts } from './verdicts.ts';

const progressEveryMs = 250;
const saveEveryMs = 2000;

async function main(order: ReplayOrder): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  // Who started this is gone, so nobody wants it.
  process.stdout.on('error', () => stop.abort());

  const files = (await Promise.all(order.files.map(filesOf))).flat();
  const { match, warnings, hash, configured } = await readRules(order);
  const headers = order.headers.map(readHeader);
  const wrong = headers.find((header) => typeof header === 'string');
  if (typeof wrong === 'string') throw new ReplayError(wrong);
  const secrets = await readSecrets(order.secretsFile);
  const redactionKey = await readKey(order.keyFile);
  const knownSignatures = await readKnown(order.knownFile);
  const scan = await scanRecordings(files);
  const verdicts = await readVerdicts(order.verdictFiles, scan.notes.headers, Date.now());
  const urls = {
    monolith: order.monolith === undefined ? undefined : urlOf(order.monolith),
    service: urlOf(order.service),
  };
  if (order.unsafe === 'dry-run') await refuseWithoutDryRun(urls.service);

  const identity = await identityOf(files, [
    order.monolith,
    order.service,
    hash,
    order.migration,
    order.unsafe,
  ]);
  const stateFile = openStateFile(order.stateFile, identity, order.resume);
  const tally = new Tally(await stateFile.load(), excusedBy(verdicts));
  const doneBefore = tally.state.done;
  const monolith = urls.monolith && createRequestSender(urls.monolith, order.concurrency);
  const service = createRequestSender(urls.service, order.concurrency);
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const tellProgress = (): void => {
    const { done, differed, incomparable } = tally.state;
    const leftMs = (elapsedMs() * (scan.exchanges - done)) / (done - doneBefore);
    const left = Number.isFinite(leftMs) && { leftMs };
    tell({
      event: 'progress',
      done,
      total: scan.exchanges,
      different: differed + incomparable,
      elapsedMs: elapsedMs(),
      ...left,
    });
  };
  const telling = setInterval(tellProgress, progressEveryMs);
  let saveProblem: string | undefined;
  const save = (): Promise<void> =>
    stateFile.save(tally.state).catch((error: NodeJS.ErrnoException) => {
      saveProblem = `the state could not be kept in ${order.stateFile} (${error.code}): this replay can't be resumed`;
    });
  const saving = setInterval(() => void save(), saveEveryMs);
  await runReplay({
    files,
    notes: noNotes(),
    match,
    migration: order.migration,
    preparation: {
      secrets,
      headers: headers.filter((header) => typeof header !== 'string'),
      unsafe: order.unsafe,
    },
    replay: createExchangeReplay({
      monolith,
      service,
      unsafe: order.unsafe,
      urls,
      configured,
      timeoutMs: order.timeoutMs,
      redactionKey,
      headers: scan.notes.headers,
    }),
    pacer: createPacer(order.pace),
    isPaced: order.pace.kind !== 'unpaced',
    concurrency: order.concurrency,
    tally,
    stop: stop.signal,
  });
  clearInterval(telling);
  clearInterval(saving);
  monolith?.close();
  service.close();
  tellProgress();
  const stopped = tally.state.done < scan.exchanges;
  if (stopped) await save();
  else await stateFile.remove();
  const report = reportOf(tally.state, {
    order,
    scan,
    knownSignatures,
    verdicts,
    seconds: elapsedMs() / 1000,
    stopped,
    warnings: [
      ...warnings,
      ...scanWarnings(scan),
      ...keyWarnings(order, scan, redactionKey),
      ...(saveProblem ? [saveProblem] : []),
    ],
  });
  tell({ event: 'report', report });
}

async function readRules({ config, migration }: ReplayOrder): Promise<{
  match: MatchExchange;
  warnings: string[];
  hash: string;
  configured: ReadonlyMap<string, ComparedMigration['upstreams']>;
}> {
  if (config === undefined) {
    return {
      match: matchByRecording(),
      warnings: ['no --config: nothing is ignored or tolerated, and routes are those of the recording'],
      hash: '',
      configured: new Map(),
    };
  }
  const { parsed } = await loadRoutes(config);
  if (!parsed.ok) throw new ReplayError(parsed.problems.map(formatProblem).join('\n'));
  const { model } = parsed;
  if (migration !== undefined && !model.migrations.some(({ id }) => id === migration)) {
    throw new ReplayError(
      `${config} has no migration "${migration}"; it has ${model.migrations.map(({ id }) => id).join(', ') || 'none'}`,
    );
  }
  const configured = new Map(comparedMigrations(model).map(({ id, upstreams }) => [id, upstreams]));
  return { match: matchByRoutes(model), warnings: [], hash: model.hash, configured };
}

/** The CLI has looked at it. */
const urlOf = (text: string) => new URL(text);

/** An unsafe request must not reach a service that would simply do what it says. */
async function refuseWithoutDryRun(service: URL): Promise<void> {
  const base = service.href.replace(/\/$/, '');
  const announced: unknown = await fetch(`${base}/.well-known/ficus`, {
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  })
    .then((response) => (response.ok ? response.json() : undefined))
    .catch(() => undefined);
  const isTrue =
    typeof announced === 'object' && announced !== null && 'dryRun' in announced && announced.dryRun === true;
  if (!isTrue) {
    throw new ReplayError(
      `${base}/.well-known/ficus does not announce "dryRun": true, so --unsafe dry-run sends it nothing`,
    );
  }
}

function scanWarnings({ notes }: Scan): string[] {
  return [
    ...notes.cutOff.map(
      (file) => `${file} breaks off in the middle of a line: what comes before is replayed`,
    ),
    ...(notes.malformed > 0
      ? [`${notes.malformed} lines are no exchange: ${notes.problems.join('; ')}`]
      : []),
  ];
}

function keyWarnings({ monolith, keyFile }: ReplayOrder, { notes }: Scan, key: Uint8Array): string[] {
  const isOther = notes.headers.some(({ keyId }) => keyId !== keyIdOf(key));
  if (monolith !== undefined || !isOther) return [];
  const why =
    keyFile === undefined ? 'no --redaction-key was given' : `${keyFile} is not the key of the recording`;
  return [`${why}: values that were redacted are not compared`];
}

function tell(message: ReplayMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as ReplayOrder);
} catch (error) {
  const isExpected =
    error instanceof ReplayError || error instanceof RecordingError || error instanceof SyntaxError;
  const detail =
    error instanceof Error ? (isExpected ? error.message : (error.message ?? error.name)) : String(error);
  tell({ event: 'failed', detail });
}
