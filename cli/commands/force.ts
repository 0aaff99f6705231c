import type { ForceGranted, ForceOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { localTime } from '../format.ts';
import { inert } from '../inert.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

const sides = ['service', 'monolith'] as const;
const minutesIn = { m: 1, h: 60, d: 24 * 60 } as const;

export const force = defineCommand({
  name: 'force',
  summary: 'A signed header that puts who sends it on one side, for QA',
  usage: 'force ID --side service|monolith --reason TEXT [--for 8h]',
  operands: [migrationOperand],
  options: {
    side: { type: 'string', value: 'SIDE', text: 'service or monolith' },
    for: { type: 'string', value: 'TIME', text: 'such as 30m, 8h (the default), at most 7d' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
  },
  asksAdmin: true,
  examples: ['ficus force catalog --side service --for 8h --reason "regression test of prices"'],

  async run({ operands: [id = ''], values: { side, for: time = '8h', reason = '' }, admin }) {
    const wanted = sides.find((one) => one === side);
    if (wanted === undefined) throw new UsageError('force needs --side service or --side monolith');
    if (reason.trim() === '') throw new UsageError('force needs --reason, such as --reason "testing prices"');
    const order: ForceOrder = { side: wanted, minutes: minutesOf(time), reason };
    const granted = await admin().post<ForceGranted>(migrationPath(id, '/force'), order);
    const { header, value, until } = inert(granted);
    return {
      json: granted,
      text: `${header}: ${value}`,
      warnings: [`It counts until ${localTime(until)}, for whoever has it: treat it as a password.`],
    };
  },
});

function minutesOf(time: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(time) ?? [];
  const minutes = Number(count) * minutesIn[(unit ?? 'm') as keyof typeof minutesIn];
  if (unit === undefined || minutes < 1 || minutes > 7 * 24 * 60) {
    throw new UsageError(`"${time}" is no time from 1m to 7d, such as 30m or 8h`);
  }
  return minutes;
}
