import type { AuditCheck, AuditList, AuditRow } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import type { Outcome } from '../command.ts';
import { defineCommand } from '../command.ts';
import { FailedError, UsageError } from '../failures.ts';
import { count, counted, localTime, none } from '../format.ts';
import { inert } from '../inert.ts';
import { parseWhole } from '../number-option.ts';
import { parseSince } from '../since-option.ts';
import { type Column, renderTable } from '../table.ts';
import { renderAuditEntry } from './audit-entry.ts';

export const audit = defineCommand({
  name: 'audit',
  usage: 'audit [--migration ID] [--actor WHO] [--action WHAT] [--since TIME] | --entry NO | --verify',
  operands: [],
  options: {
    migration: { type: 'string', value: 'ID', text: 'only entries about it' },
    actor: { type: 'string', value: 'WHO', text: 'only what they did: cli:alice, alice, ficus' },
    action: { type: 'string', value: 'WHAT', text: 'only promote, rollback, refused, config, …' },
    since: { type: 'string', value: 'TIME', text: '30m, 12h or 7d ago, or a date' },
    limit: { type: 'string', value: 'N', text: 'how many entries, the newest first (20)' },
    before: { type: 'string', value: 'NO', text: 'only entries before this number: the next page' },
    entry: { type: 'string', value: 'NO', text: 'one entry, with the evidence as it stood' },
    verify: { type: 'boolean', text: 'check that no entry was changed, put in or taken out' },
  },
  asksAdmin: true,
  examples: [
    'ficus audit --migration catalog --since 7d',
    'ficus audit --actor alice --action rollback',
    'ficus audit --entry 42',
    'ficus audit --verify',
  ],

  async run({ values: { verify, entry, ...filters }, admin, width, paint }) {
    const others = Object.keys(filters);
    if (verify) {
      if (entry !== undefined || others.length > 0)
        throw new UsageError(`--verify checks every entry: leave --${others[0] ?? 'entry'} out`);
      return checkChain(admin());
    }
    if (entry !== undefined) {
      if (others.length > 0) throw new UsageError(`--entry shows one entry: leave --${others[0]} out`);
      return showEntry(admin(), parseWhole('entry', entry, { min: 1, max: maxSeq }) ?? 0);
    }
    const { limit: limitText, before: beforeText, since, ...equal } = filters;
    const limit = parseWhole('limit', limitText, { min: 1, max: 500 }) ?? 20;
    const before = parseWhole('before', beforeText, { min: 1, max: maxSeq });
    const query = new URLSearchParams({ limit: String(limit), ...equal });
    if (before !== undefined) query.set('before', String(before));
    if (since !== undefined) query.set('since', parseSince(since));
    const list = await admin().get<AuditList>(`/api/audit?${query}`);
    const { entries } = inert(list);
    if (entries.length === 0) return { json: list, text: nothing(others.length > 0) };
    const last = entries.at(-1)!;
    const more = list.nextCursor !== undefined ? `\n\nOlder ones: --before ${last.seq}` : '';
    return { json: list, text: renderTable(columns, entries, { width, paint }) + more };
  },
});

const maxSeq = Number.MAX_SAFE_INTEGER - 1;

const nothing = (isFiltered: boolean): string =>
  isFiltered ? 'No entry is like that.' : 'Nothing has been moved yet.';

const columns: readonly Column<AuditRow>[] = [
  { title: 'NO', align: 'right', cell: ({ seq }) => count(seq) },
  { title: 'WHEN', cell: ({ at }) => localTime(at) },
  { title: 'WHO', wrapTo: 10, cell: ({ actor }) => actor },
  { title: 'WHAT', cell: whatOf },
  { title: 'MIGRATION', cell: ({ migration }) => migration ?? none },
  { title: 'WHY', wrapTo: 16, cell: ({ reason }) => reason || none },
];

/** `promote 5% → 25%`: the move, and from where to where it went when the entry has that in percent. */
function whatOf({ action, detail }: AuditRow): string {
  const { from, to, share } = detail;
  if (typeof from === 'number' && typeof to === 'number') return `${action} ${from}% → ${to}%`;
  if (typeof to === 'number') return `${action} to ${to}%`;
  if (typeof from === 'number') return `${action} from ${from}%`;
  return typeof share === 'number' ? `${action} ${share}%` : action;
}

async function showEntry(client: AdminClient, seq: number): Promise<Outcome> {
  const { entries } = await client.get<AuditList>(`/api/audit?limit=1&before=${seq + 1}`);
  const entry = entries.find((one) => one.seq === seq);
  if (entry) return { json: entry, text: renderAuditEntry(inert(entry)) };
  const detail = `there is no entry ${count(seq)}${entries[0] ? `; the last one is ${count(entries[0].seq)}` : ''}`;
  throw new FailedError(detail, {
    document: {
      type: 'urn:ficus:problem:unknown_entry',
      title: 'No such entry',
      code: 'unknown_entry',
      detail,
    },
  });
}

async function checkChain(client: AdminClient): Promise<Outcome> {
  const check = await client.get<AuditCheck>('/api/audit/verification');
  const { rows, anchor } = check;
  if (check.intact) {
    const end = anchor
      ? ` Row ${count(anchor.seq)} is the one that this replica noted on ${localTime(anchor.at)}.`
      : ' This replica had noted no row: a tail that was taken out before can not be told.';
    return { json: check, text: `The chain is intact: ${counted(rows, 'row')}.${end}` };
  }
  const problem = check.problem ?? 'It, or what was before it, was changed.';
  const failure = `the chain is broken at number ${count(check.brokenAt ?? 0)}, after ${counted(rows, 'row')} that fit: ${problem}`;
  return { json: check, text: '', failures: [failure] };
}
