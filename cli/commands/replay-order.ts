import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Pace, ReplayOrder } from '../../proxy/replay/protocol.ts';
import { UsageError } from '../failures.ts';
import { parseWhole } from '../number-option.ts';
import { parsePercent } from '../percent-option.ts';

export interface ReplayValues {
  readonly monolith?: string;
  readonly service?: string;
  readonly 'control-recorded'?: boolean;
  readonly config?: string;
  readonly migration?: string;
  readonly rate?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly unsafe?: ReplayOrder['unsafe'];
  readonly header?: readonly string[];
  readonly secrets?: string;
  readonly 'redaction-key'?: string;
  readonly 'max-different'?: string;
  readonly 'fail-on-new-signature'?: boolean;
  readonly known?: string;
  readonly verdicts?: readonly string[];
  readonly resume?: string;
}

/** What the replay is told; throws `UsageError` for what can't be meant. */
export function replayOrder(files: readonly string[], values: ReplayValues): ReplayOrder {
  const { monolith, service, migration, secrets, known } = values;
  if (service === undefined) throw new UsageError('replay needs --service URL: whom to send the requests to');
  if ((monolith === undefined) !== (values['control-recorded'] === true)) {
    throw new UsageError(
      'give either --monolith URL, or --control-recorded to compare with the recorded answers',
    );
  }
  const config = values.config ?? (existsSync('routes.yaml') ? 'routes.yaml' : undefined);
  const timeoutMs = parseWhole('timeout', values.timeout, { min: 1, max: 600_000 });
  const failOnNewSignature = values['fail-on-new-signature'] === true;
  const maxDifferent = values['max-different'];
  return {
    files,
    ...(monolith !== undefined && { monolith: urlText('monolith', monolith) }),
    service: urlText('service', service),
    ...(config !== undefined && { config }),
    ...(migration !== undefined && { migration }),
    pace: parsePace(values.rate),
    concurrency: parseWhole('concurrency', values.concurrency, { min: 1, max: 1000 }) ?? 8,
    ...(timeoutMs !== undefined && { timeoutMs }),
    unsafe: values.unsafe ?? 'skip',
    headers: values.header ?? [],
    ...(secrets !== undefined && { secretsFile: secrets }),
    ...(values['redaction-key'] !== undefined && { keyFile: values['redaction-key'] }),
    // Who asks about new signatures alone accepts those that are known, however many pairs show them.
    maxDifferentPercent:
      maxDifferent === undefined
        ? failOnNewSignature
          ? 100
          : 0
        : parsePercent('max-different', maxDifferent),
    failOnNewSignature,
    ...(known !== undefined && { knownFile: known }),
    verdictFiles: values.verdicts ?? [],
    stateFile: path.resolve(values.resume ?? `${(files[0] ?? '').replace(/\/+$/, '')}.replay-state.json`),
    resume: values.resume !== undefined,
  };
}

function urlText(option: string, text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new UsageError(`--${option} wants a URL such as http://127.0.0.1:9000, not "${text}"`);
  }
  return url.href;
}

/** `2x`, `500/s`, `as-recorded`; without it as fast as the answers come. */
function parsePace(text: string | undefined): Pace {
  if (text === undefined) return { kind: 'unpaced' };
  if (text === 'as-recorded') return { kind: 'times', speed: 1 };
  const [, number = '', unit] = /^(\d{1,6}(?:\.\d{1,3})?)(x|\/s)$/.exec(text) ?? [];
  const value = Number(number);
  if (!(value > 0)) throw new UsageError(`--rate wants 500/s, 2x or as-recorded, not "${text}"`);
  return unit === 'x' ? { kind: 'times', speed: value } : { kind: 'per-second', rate: value };
}
