import type { DrillDone, DrillOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { inert } from '../inert.ts';
import { waiting } from '../waiting.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

export const drill = defineCommand({
  name: 'drill',
  usage: 'drill ID --reason TEXT [--yes]',
  operands: [migrationOperand],
  options: {
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
    yes: { type: 'boolean', text: 'also when more than half of the users go to the monolith at once' },
  },
  asksAdmin: true,
  examples: ['ficus drill catalog --reason "before the weekend"'],

  async run({ operands: [id = ''], values: { reason = '', yes }, admin }) {
    if (reason.trim() === '')
      throw new UsageError('drill needs --reason, such as --reason "before the weekend"');
    const order: DrillOrder = { reason, ...(yes && { yes }) };
    const asked = admin().post<DrillDone>(migrationPath(id, '/drill'), order);
    const done = await waiting(`the share of ${inert(id)} is at the monolith`, asked);
    const { text, warnings } = inert(done);
    return { json: done, text, warnings };
  },
});
