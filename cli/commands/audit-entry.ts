import type { AuditRow } from '../../proxy/admin/api-types.ts';
import { count, localTime, none } from '../format.ts';

/** One entry in full: the move, and the evidence as it stood. */
export function renderAuditEntry({
  seq,
  at,
  actor,
  action,
  migration,
  reason,
  detail,
  hash,
}: AuditRow): string {
  const { evidence, ...rest } = detail;
  const facts: [string, string][] = [
    ['when', localTime(at)],
    ['who', actor],
    ['what', action],
    ['migration', migration ?? none],
    ['why', reason || none],
    ...Object.entries(rest).map(([name, value]): [string, string] => [name, textOf(value)]),
    ['hash', hash],
  ];
  return [`Entry ${count(seq)}`, ...aligned(facts), ...evidenceLines(evidence)].join('\n');
}

function evidenceLines(evidence: unknown): string[] {
  if (typeof evidence !== 'object' || evidence === null) return [];
  const facts = Object.entries(evidence).map(([name, value]): [string, string] => [name, textOf(value)]);
  return ['', 'The evidence as it stood', ...aligned(facts)];
}

function aligned(facts: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.flatMap(([name, text]) => {
    const [first = '', ...others] = text.split('\n');
    const indent = ' '.repeat(width + 4);
    return [`  ${name.padEnd(width)}  ${first}`, ...others.map((line) => indent + line)];
  });
}

/** Plain where it can be: lists of sentences on lines of their own, objects as `a 1, b 2`. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return none;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? none : value.map(textOf).join('\n');
  const members = Object.entries(value).map(([name, member]) =>
    typeof member === 'object' && member !== null
      ? `${name} ${JSON.stringify(member)}`
      : `${name} ${textOf(member)}`,
  );
  return members.join(', ') || none;
}
