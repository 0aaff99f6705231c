import { loadRoutes } from '../config/load-routes.ts';
import { formatProblem } from '../config/problem.ts';
import { filesOf, type ReadingNotes } from '../recording/read-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { RoutingModel } from '../routing/model.ts';
import { destineByRecording, destineByRoutes } from './destination.ts';
import type { SimulationMessage, SimulationOrder } from './protocol.ts';
import { runSimulation } from './run-simulation.ts';

/** What was asked for can't be done. */
class SimulationError extends Error {}

const progressEveryMs = 250;

async function main(order: SimulationOrder): Promise<void> {
  const startedAt = performance.now();
  const files = (await Promise.all(order.files.map(filesOf))).flat();
  const model = await modelOf(order.config);
  const before = order.before === undefined ? undefined : await modelOf(order.before);
  let toldAt = startedAt;
  const simulated = await runSimulation({
    files,
    before: before ? destineByRoutes(before, order.shares) : destineByRecording,
    after: destineByRoutes(model, order.shares),
    onProgress(requests, changed) {
      if (requests % 1000 !== 0 || performance.now() - toldAt < progressEveryMs) return;
      toldAt = performance.now();
      tell({ event: 'progress', requests, changed });
    },
  });
  const { notes, ...counted } = simulated;
  tell({
    event: 'report',
    report: {
      config: order.config,
      against: order.before ?? 'the recording',
      ...counted,
      seconds: (performance.now() - startedAt) / 1000,
      warnings: warningsOf(notes),
    },
  });
}

async function modelOf(file: string): Promise<RoutingModel> {
  const { parsed } = await loadRoutes(file);
  if (!parsed.ok) throw new SimulationError(parsed.problems.map(formatProblem).join('\n'));
  return parsed.model;
}

function warningsOf({ cutOff, malformed, problems }: ReadingNotes): string[] {
  return [
    ...cutOff.map((file) => `${file} breaks off in the middle of a line: what comes before counts`),
    ...(malformed > 0 ? [`${malformed} lines are no exchange: ${problems.join('; ')}`] : []),
  ];
}

function tell(message: SimulationMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

try {
  await main(JSON.parse(process.argv[2] ?? '{}') as SimulationOrder);
} catch (error) {
  if (!(error instanceof SimulationError || error instanceof RecordingError)) throw error;
  tell({ event: 'failed', detail: error.message });
}
