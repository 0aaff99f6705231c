import type { MigrationList, MoveDone, ReasonOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { inert } from '../inert.ts';
import { renderLatch } from './latch-view.ts';
import { migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

export const guard = defineCommand({
  name: 'guard',
  usage: 'guard [clear ID --reason TEXT]',
  operands: [
    { name: 'clear', required: false, choices: ['clear'], text: 'without it, what the guard has taken back' },
    { name: 'ID', required: false, text: "a migration's name" },
  ],
  options: { reason: { type: 'string', value: 'TEXT', text: 'for the audit: what has been mended' } },
  asksAdmin: true,
  examples: ['ficus guard', 'ficus guard clear catalog --reason "build 1.4.2 has the index back"'],

  async run({ operands: [action, id], values: { reason = '' }, admin, width, paint }) {
    if (action === undefined) {
      const { migrations } = await admin().get<MigrationList>('/api/migrations');
      const latched = migrations.filter(({ latch }) => latch !== undefined);
      const text = latched.map((status) => renderLatch(inert(status), width, paint)).join('\n\n');
      return {
        json: { latched: latched.map(({ id, latch }) => ({ id, latch })) },
        text: text || 'The guard has taken nothing back.',
      };
    }
    if (action !== 'clear') throw new UsageError(`guard knows "clear", not "${inert(action)}"`);
    if (id === undefined) throw new UsageError('guard clear needs the ID of a migration');
    if (reason.trim() === '')
      throw new UsageError('guard clear needs --reason, such as --reason "build 1.4.2 is out"');
    const order: ReasonOrder = { reason };
    return moveOutcome(await admin().post<MoveDone>(migrationPath(id, '/guard/clear'), order));
  },
});
