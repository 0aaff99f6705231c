import type { VerdictDone, VerdictRequest } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { inert } from '../inert.ts';

const verdicts = ['bug', 'expected', 'noise'] as const;

export const verdict = defineCommand({
  name: 'verdict',
  usage: 'verdict S --as bug|expected|noise --reason TEXT [--until DATE] [--owner WHO]',
  operands: [{ name: 'S', required: true, text: 'a signature, as `ficus diffs ID` has it' }],
  options: {
    as: {
      type: 'string',
      value: 'VERDICT',
      choices: verdicts,
      text: 'bug refuses the gate; expected counts as agreement until --until; noise is what the monolith has with itself',
    },
    reason: { type: 'string', value: 'TEXT', text: 'for whoever reads it later' },
    until: {
      type: 'string',
      value: 'DATE',
      text: 'last day of it, or an ISO time; needed for expected, at most a year away',
    },
    owner: { type: 'string', value: 'WHO', text: "who answers for it (the migration's owner)" },
  },
  asksAdmin: true,
  examples: [
    'ficus verdict 5f1c0a9be2d4 --as expected --reason "new prices have cents" --until 2027-01-31',
    'ficus verdict 91d2e07744aa --as bug --reason "null became a missing field" --owner team-catalog',
  ],

  async run({ operands: [signature = ''], values, admin }) {
    const chosen = values.as;
    if (chosen === undefined) throw new UsageError(`verdict needs --as with one of ${verdicts.join(', ')}`);
    const { reason = '', owner, until } = values;
    if (reason.trim() === '')
      throw new UsageError('verdict needs --reason, such as --reason "rounded on purpose"');
    if (chosen === 'expected' && until === undefined)
      throw new UsageError('an expected difference needs --until, such as --until 2027-01-31');
    const order: VerdictRequest = {
      verdict: chosen,
      reason,
      ...(owner !== undefined && { owner }),
      ...(until !== undefined && { until: readUntil(until) }),
    };
    const path = `/api/signatures/${encodeURIComponent(signature)}/verdict`;
    const done = await admin().post<VerdictDone>(path, order);
    return { json: done, text: inert(done).text };
  },
});

/** A day lasts until its end, in UTC. */
function readUntil(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = new Date(isDay ? `${text}T23:59:59.999Z` : text);
  // 2027-02-30 would become the second of March.
  if (Number.isNaN(time.getTime()) || (isDay && !time.toISOString().startsWith(text)))
    throw new UsageError(`--until ${text} is no date: write one such as 2027-01-31`);
  return time.toISOString();
}
