import type { KillOrder, KillStatus } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { inert } from '../inert.ts';

const path = '/api/kill';

export const kill = defineCommand({
  name: 'kill',
  usage: 'kill [--off] [--reason TEXT]',
  operands: [],
  options: {
    off: { type: 'boolean', text: 'flags and evidence decide again, from where they were' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit; without it kill only tells how it is' },
  },
  asksAdmin: true,
  examples: [
    'ficus kill --reason "prices are wrong everywhere"',
    'ficus kill --off --reason "it was the cache"',
  ],

  async run({ values: { off = false, reason }, admin }) {
    if (reason === undefined && !off) return outcomeOf(await admin().get<KillStatus>(path));
    if (reason === undefined || reason.trim() === '')
      throw new UsageError('kill needs --reason, such as --reason "prices are off"');
    const order: KillOrder = { on: !off, reason };
    return outcomeOf(await admin().post<KillStatus>(path, order));
  },
});

function outcomeOf(status: KillStatus) {
  const { text, warnings } = inert(status);
  return { json: status, text, warnings };
}

/** For whoever looks at something else while it is on. */
export async function killWarnings(client: AdminClient): Promise<string[]> {
  const { on, text } = inert(await client.get<KillStatus>(path));
  return on ? [text] : [];
}
