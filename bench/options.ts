import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.ts';

/** Beyond the scenarios of the load. */
export const otherMeasures = [
  'half-load',
  'shadow-latency',
  'big-body',
  'idle-connections',
  'start',
] as const;

const measureNames = [...scenarios.map(({ name }) => name), ...otherMeasures];

export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Names; empty: all of them. */
  readonly contenders: readonly string[];
  readonly only: readonly string[];
  readonly save: boolean;
}

export const usage = `npm run bench -- [options]
  --rounds N         rounds, in each of which every contender has its turn (5)
  --seconds N        of load a turn (4)
  --warm-up N        seconds of load on each contender before the first round (3)
  --connections N    kept alive by the load (64)
  --contenders A,B   only these; nginx and http-proxy must be among them for their ratios
  --only A,B         only these measures: ${measureNames.join(', ')}
  --quick            two rounds of two seconds after one second, nothing saved: for while one works on it`;

/** Undefined when help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      connections: { type: 'string', default: '64' },
      contenders: { type: 'string', default: '' },
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  return {
    rounds: count('rounds', values.rounds ?? (quick ? '2' : '5')),
    seconds: count('seconds', values.seconds ?? (quick ? '2' : '4')),
    warmUpSeconds: count('warm-up', values['warm-up'] ?? (quick ? '1' : '3')),
    connections: count('connections', values.connections),
    contenders: names(values.contenders),
    only: names(values.only),
    save: !quick,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
  return value;
}

const names = (list: string) => list.split(',').filter((name) => name !== '');
