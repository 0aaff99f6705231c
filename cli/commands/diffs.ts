import type { SignatureDetail, SignatureList, SignatureRow } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { count, part } from '../format.ts';
import { inert } from '../inert.ts';
import { parseWhole } from '../number-option.ts';
import type { Paint } from '../paint.ts';
import { renderTable } from '../table.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { renderPairs } from './pair-view.ts';

type Terminal = { readonly width: number | undefined; readonly paint: Paint };

export const diffs = defineCommand({
  name: 'diffs',
  summary: 'What differs, ranked by pairs; with --signature, pairs side by side',
  usage: 'diffs ID [--signature S [--pairs N]]',
  operands: [migrationOperand],
  options: {
    signature: { type: 'string', value: 'S', text: 'show sample pairs of this one' },
    pairs: { type: 'string', value: 'N', text: 'how many of them (3)' },
  },
  asksAdmin: true,
  examples: ['ficus diffs catalog', 'ficus diffs catalog --signature 5f1c0a9be2d4 --pairs 5'],

  async run({ operands: [id = ''], values, admin, width, paint }) {
    const limit = parseWhole('pairs', values.pairs, { min: 1, max: 50 });
    const { signature } = values;
    if (signature === undefined) {
      if (limit !== undefined) throw new UsageError('--pairs says how many pairs of a --signature: name it');
      const list = await admin().get<SignatureList>(migrationPath(id, '/signatures'));
      return { json: list, text: renderSignatures(inert(list), { width, paint }) };
    }
    if (signature === '') throw new UsageError('--signature is empty: `ficus diffs ID` lists them');
    const query = limit === undefined ? '' : `?limit=${limit}`;
    const path = migrationPath(id, `/signatures/${encodeURIComponent(signature)}${query}`);
    const detail = await admin().get<SignatureDetail>(path);
    return { json: detail, text: renderDetail(inert(detail), { width, paint }) };
  },
});

function renderSignatures({ signatures }: SignatureList, terminal: Terminal): string {
  if (signatures.length === 0) return 'No pair differs under the builds and rules of now.';
  return renderTable<SignatureRow>(
    [
      { title: 'SIGNATURE', cell: ({ signature }) => signature },
      { title: 'ROUTE', wrapTo: 16, cell: ({ route }) => route },
      { title: 'PLACE', wrapTo: 12, cell: ({ place }) => place },
      { title: 'KIND', cell: ({ kind }) => kind },
      { title: 'PAIRS', align: 'right', cell: ({ pairs }) => count(pairs) },
      { title: 'OF ROUTE', align: 'right', cell: ({ pairs, routePairs }) => part(pairs, routePairs) },
      { title: 'MONOLITH → SERVICE', wrapTo: 24, aside: 'monolith → service', cell: sample },
    ],
    signatures,
    terminal,
  );
}

function sample({ monolith = '(nothing)', service = '(nothing)' }: SignatureRow): string {
  return `${monolith} → ${service}`;
}

function renderDetail({ signature, pairs }: SignatureDetail, terminal: Terminal): string {
  const { route, place, kind, pairs: seen, routePairs } = signature;
  return [
    terminal.paint('bold', `${signature.signature}: ${kind} at ${place} of ${route}`),
    `In ${count(seen)} of ${count(routePairs)} pairs of the route (${part(seen, routePairs)}).`,
    '',
    renderPairs(pairs, signature.signature, terminal),
  ].join('\n');
}
