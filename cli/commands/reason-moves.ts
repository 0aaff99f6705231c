import type { MoveDone, ReasonOrder } from '../../proxy/admin/api-types.ts';
import { type Command, defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

/** Moves that want a migration and a reason, and nothing else. */
function reasonMove(
  name: 'pause' | 'resume' | 'abort' | 'approve' | 'retire',
  summary: string,
  example: string,
): Command {
  return defineCommand({
    name,
    summary,
    usage: `${name} ID --reason TEXT`,
    operands: [migrationOperand],
    options: {
      reason: { type: 'string', value: 'TEXT', text: 'for the audit, and for whoever reads status' },
    },
    asksAdmin: true,
    examples: [`ficus ${name} catalog --reason "${example}"`],

    async run({ operands: [id = ''], values: { reason = '' }, admin }) {
      if (reason.trim() === '') throw new UsageError(`${name} needs --reason, such as --reason "${example}"`);
      const order: ReasonOrder = { reason };
      return moveOutcome(await admin().post<MoveDone>(migrationPath(id, `/${name}`), order));
    },
  });
}

export const pause = reasonMove('pause', 'No step forward until somebody resumes', 'the shop has a sale');
export const resume = reasonMove('resume', 'Steps forward go on', 'the sale is over');
export const abort = reasonMove(
  'abort',
  'End the ramp: back to the share that it began from',
  'too early in the week',
);
export const approve = reasonMove(
  'approve',
  'Say yes to the next step that wants a second person',
  'a week without a difference',
);
export const retire = reasonMove(
  'retire',
  'The service alone has it, once the monolith had no hit for long enough',
  'nobody asked the monolith for a month',
);
