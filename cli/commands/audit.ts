import type { AuditCheck, AuditList, AuditRow } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import type { Outcome } from '../command.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { count, counted, localTime, none } from '../format.ts';
import { inert } from '../inert.ts';
import { parseWhole } from '../number-option.ts';
import { type Column, renderTable } from '../table.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'Who moved what, when and why; --verify checks the hash chain',
  usage: 'audit [--limit N | --verify]',
  operands: [],
  options: {
    limit: { type: 'string', value: 'N', text: 'how many entries, the newest first (20)' },
    verify: { type: 'boolean', text: 'check that no entry was changed or taken out' },
  },
  asksAdmin: true,
  examples: ['ficus audit --limit 50', 'ficus audit --verify'],

  async run({ values, admin, width, paint }) {
    const limit = parseWhole('limit', values.limit, { min: 1, max: 500 });
    if (values.verify) {
      if (limit !== undefined) throw new UsageError('--verify checks every entry: leave --limit out');
      return checkChain(admin());
    }
    const list = await admin().get<AuditList>(`/api/audit?limit=${limit ?? 20}`);
    const { entries } = inert(list);
    const text =
      entries.length === 0 ? 'Nothing has been moved yet.' : renderTable(columns, entries, { width, paint });
    return { json: list, text };
  },
});

const columns: readonly Column<AuditRow>[] = [
  { title: 'NO', align: 'right', cell: ({ seq }) => count(seq) },
  { title: 'WHEN', cell: ({ at }) => localTime(at) },
  { title: 'WHO', wrapTo: 10, cell: ({ actor }) => actor },
  { title: 'WHAT', cell: ({ action }) => action },
  { title: 'MIGRATION', cell: ({ migration }) => migration ?? none },
  { title: 'WHY', wrapTo: 16, cell: ({ reason }) => reason || none },
];

async function checkChain(client: AdminClient): Promise<Outcome> {
  const check = await client.get<AuditCheck>('/api/audit/verification');
  if (check.intact) return { json: check, text: `The chain is intact: ${counted(check.rows, 'row')}.` };
  const failure = `the chain of ${counted(check.rows, 'row')} is broken at number ${count(check.brokenAt ?? 0)}: it, or what was before it, was changed`;
  return { json: check, text: '', failures: [failure] };
}
