import type { MoveDone, ShadowOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { parsePercent } from '../percent-option.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

export const shadow = defineCommand({
  name: 'shadow',
  usage: 'shadow ID --share SHARE [--reason TEXT]',
  operands: [migrationOperand],
  options: {
    share: { type: 'string', value: 'SHARE', text: 'of the requests, such as 10%; 0% ends it' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
  },
  asksAdmin: true,
  moves: true,
  examples: ['ficus shadow catalog --share 10%'],

  async run({ operands: [id = ''], values: { share, reason }, admin }) {
    if (share === undefined) throw new UsageError('shadow needs --share, such as --share 10%');
    const order: ShadowOrder = { share: parsePercent('share', share), ...(reason && { reason }) };
    return moveOutcome(await admin().post<MoveDone>(migrationPath(id, '/shadow'), order));
  },
});
