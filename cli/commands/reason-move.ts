import type { MoveDone, ReasonOrder } from '../../proxy/admin/api-types.ts';
import { type Command, defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

/** A move that wants a migration and a reason, and nothing else. */
export function reasonMove(
  name: 'pause' | 'resume' | 'abort' | 'approve' | 'retire',
  example: string,
): Command {
  return defineCommand({
    name,
    usage: `${name} ID --reason TEXT`,
    operands: [migrationOperand],
    options: {
      reason: { type: 'string', value: 'TEXT', text: 'for the audit, and for whoever reads status' },
    },
    asksAdmin: true,
    // What goes back or holds still asks nobody.
    moves: name !== 'pause' && name !== 'abort',
    examples: [`ficus ${name} catalog --reason "${example}"`],

    async run({ operands: [id = ''], values: { reason = '' }, admin }) {
      if (reason.trim() === '') throw new UsageError(`${name} needs --reason, such as --reason "${example}"`);
      const order: ReasonOrder = { reason };
      return moveOutcome(await admin().post<MoveDone>(migrationPath(id, `/${name}`), order));
    },
  });
}
