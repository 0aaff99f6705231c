import type { MoveDone, PromoteOrder } from '../../proxy/admin/api-types.ts';
import { parseDuration } from '../amount-options.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { parsePercent } from '../percent-option.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

export const promote = defineCommand({
  name: 'promote',
  usage: 'promote ID [--to SHARE] [--reason TEXT] [--override [--for TIME]]',
  operands: [migrationOperand],
  options: {
    to: { type: 'string', value: 'SHARE', text: 'of the users, such as 25%; without it, the next step' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
    override: { type: 'boolean', text: 'whatever the gate says, for a time; needs --reason' },
    for: { type: 'string', value: 'TIME', text: 'how long it is overridden, 1s to 24h (1h)' },
  },
  asksAdmin: true,
  moves: true,
  examples: [
    'ficus promote catalog --to 25% --reason "a day without a new difference"',
    'ficus promote catalog --to 5% --override --for 2h --reason "the monolith is down"',
  ],

  async run({ operands: [id = ''], values: { to, reason, override = false, for: time }, admin }) {
    const percent = to === undefined ? undefined : parsePercent('to', to);
    if (percent === 0) throw new UsageError('--to 0% is no promotion: use `ficus rollback ID --reason TEXT`');
    if (time !== undefined && !override) throw new UsageError('--for goes with --override');
    if (override && !reason?.trim())
      throw new UsageError('--override needs --reason, such as --reason "the monolith is down"');
    const order: PromoteOrder = {
      ...(percent && { to: percent }),
      ...(reason && { reason }),
      ...(override && { override: time === undefined ? {} : { forSeconds: parseDuration('for', time) } }),
    };
    return moveOutcome(await admin().post<MoveDone>(migrationPath(id, '/promote'), order));
  },
});
