import type {
  KeptVerdict,
  ListedSignature,
  SignatureDetail,
  SignatureList,
  VerdictRow,
} from '../../proxy/admin/api-types.ts';
import { allPages } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { count, counted, localTime, none, part } from '../format.ts';
import { inert } from '../inert.ts';
import { parseWhole } from '../number-option.ts';
import type { Paint } from '../paint.ts';
import { renderTable } from '../table.ts';
import { wrapText } from '../wrap-text.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { renderPairs } from './pair-view.ts';

type Terminal = { readonly width: number | undefined; readonly paint: Paint };

export const diffs = defineCommand({
  name: 'diffs',
  usage: 'diffs ID [--build B] [--signature S [--pairs N]]',
  operands: [migrationOperand],
  options: {
    signature: { type: 'string', value: 'S', text: 'show sample pairs of this one' },
    pairs: { type: 'string', value: 'N', text: 'how many of them (3)' },
    build: { type: 'string', value: 'B', text: 'what this build of the service showed (the one that runs)' },
  },
  asksAdmin: true,
  examples: ['ficus diffs catalog', 'ficus diffs catalog --signature 5f1c0a9be2d4 --pairs 5'],

  async run({ operands: [id = ''], values, admin, width, paint }) {
    const limit = parseWhole('pairs', values.pairs, { min: 1, max: 50 });
    const { signature, build } = values;
    if (build === '') throw new UsageError('--build is empty: `ficus gate ID` names the one that runs');
    const query = new URLSearchParams({
      ...(build !== undefined && { build }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    const suffix = query.size === 0 ? '' : `?${query}`;
    if (signature === undefined) {
      if (limit !== undefined) throw new UsageError('--pairs says how many pairs of a --signature: name it');
      const path = migrationPath(id, `/signatures${suffix}`);
      const list = await allPages<SignatureList>(admin(), path, 'signatures');
      return { json: list, text: renderSignatures(inert(list), build, { width, paint }) };
    }
    if (signature === '') throw new UsageError('--signature is empty: `ficus diffs ID` lists them');
    const path = migrationPath(id, `/signatures/${encodeURIComponent(signature)}${suffix}`);
    const detail = await admin().get<SignatureDetail>(path);
    return { json: detail, text: renderDetail(inert(detail), { width, paint }) };
  },
});

const isOpen = ({ state }: ListedSignature) => state !== 'noise' && state !== 'expected';

function renderSignatures(
  { signatures }: SignatureList,
  build: string | undefined,
  terminal: Terminal,
): string {
  if (signatures.length === 0)
    return `No pair differs under ${build === undefined ? 'the builds and rules of now' : `build ${build}`}.`;
  const table = renderTable<ListedSignature>(
    [
      { title: 'SIGNATURE', cell: ({ signature }) => signature },
      { title: 'STANDS', wrapTo: 10, cell: standing },
      { title: 'ROUTE', wrapTo: 16, cell: ({ route }) => route },
      { title: 'PLACE', wrapTo: 16, cell: ({ place }) => place },
      { title: 'KIND', aside: 'kind', cell: ({ kind }) => kind },
      { title: 'PAIRS', align: 'right', cell: ({ pairs }) => count(pairs) },
      { title: 'OF ROUTE', align: 'right', cell: ({ pairs, routePairs }) => part(pairs, routePairs) },
      { title: 'ITSELF', align: 'right', aside: 'monolith differs from itself', cell: withItself },
      { title: 'MONOLITH → SERVICE', wrapTo: 24, aside: 'monolith → service', cell: sample },
    ],
    signatures,
    terminal,
  );
  return [...summary(signatures, terminal), '', table, '', ...legend(signatures, terminal)].join('\n');
}

/** What is in the table, for somebody who sees one for the first time. */
function summary(signatures: readonly ListedSignature[], { width, paint }: Terminal): string[] {
  const open = signatures.filter(isOpen).length;
  const of = (state: ListedSignature['state']) => signatures.filter((one) => one.state === state).length;
  const excused = [
    of('expected') > 0 ? `${count(of('expected'))} expected` : '',
    of('noise') > 0 ? `${count(of('noise'))} noise` : '',
  ].filter((text) => text !== '');
  const sentence =
    `${counted(signatures.length, 'kind')} of difference: ` +
    `${open === 0 ? 'none holds the gate' : `${count(open)} ${open === 1 ? 'holds' : 'hold'} the gate`}` +
    `${excused.length === 0 ? '' : `; as agreement count ${excused.join(' and ')}`}.`;
  return wrapText(sentence, width ?? Number.POSITIVE_INFINITY).map((line) => paint('bold', line));
}

function legend(
  signatures: readonly ListedSignature[],
  { width = Number.POSITIVE_INFINITY }: Terminal,
): string[] {
  const first = signatures.find(isOpen);
  const lines = [
    ...(first
      ? [
          `Look at pairs: ficus diffs ${first.migration} --signature ${first.signature}`,
          `Decide:        ficus verdict ${first.signature} --as bug|expected|noise --reason TEXT [--until DATE]`,
        ]
      : []),
    ...(signatures.some(({ askedTwice }) => askedTwice.pairs > 0)
      ? [
          'ITSELF: of the requests that the monolith answered twice, in how many it differs from itself there.',
        ]
      : []),
  ];
  return lines.flatMap((line) => wrapText(line, width));
}

/** `unjudged, new`, `noise, measured`, `expected until 2027-01-31`, `expired 2026-11-19`. */
function standing({ state, by, trend, verdict }: ListedSignature): string {
  const trendText = trend === undefined ? '' : `, ${trend}`;
  switch (state) {
    case 'noise':
      return by === 'measured' ? 'noise, measured' : `noise${untilText(verdict)}`;
    case 'expected':
    case 'bug':
      return `${state}${untilText(verdict)}`;
    case 'expired':
      return `expired ${verdict?.until?.slice(0, 10)}${trendText}`;
    case 'returned':
      return `no noise any more${trendText}`;
    case 'unjudged':
      return `unjudged${trendText}`;
  }
}

function untilText(verdict: VerdictRow | undefined): string {
  return verdict?.until === undefined ? '' : ` until ${verdict.until.slice(0, 10)}`;
}

function withItself({ askedTwice: { pairs, monolith } }: ListedSignature): string {
  return pairs === 0 ? none : `${count(monolith)} of ${count(pairs)}`;
}

function sample({ monolith = '(nothing)', service = '(nothing)' }: ListedSignature): string {
  return `${monolith} → ${service}`;
}

function renderDetail({ signature, pairs, verdicts }: SignatureDetail, terminal: Terminal): string {
  const { route, place, kind, pairs: seen, routePairs, askedTwice } = signature;
  const { width = Number.POSITIVE_INFINITY, paint } = terminal;
  const twice =
    askedTwice.pairs === 0
      ? 'The monolith was not asked twice yet, so whether it differs from itself there is not known.'
      : `Of ${counted(askedTwice.pairs, 'pair')} asked twice, ${count(askedTwice.service)} ${askedTwice.service === 1 ? 'shows' : 'show'} ` +
        `it against the service and ${count(askedTwice.monolith)} between the monolith's own answers.`;
  return [
    paint('bold', `${signature.signature}: ${kind} at ${place} of ${route}`),
    `In ${count(seen)} of ${count(routePairs)} pairs of the route (${part(seen, routePairs)}). It stands: ${standing(signature)}.`,
    twice,
    ...verdicts.map(historyLine),
  ]
    .flatMap((line) => wrapText(line, width))
    .concat('', renderPairs(pairs, signature.signature, terminal))
    .join('\n');
}

function historyLine({
  at,
  actor,
  owner,
  verdict,
  reason,
  serviceBuild,
  until,
  undoes,
}: KeptVerdict): string {
  if (verdict === 'withdrawn') return `${localTime(at)} ${actor} took that back: ${reason}`;
  const who =
    undoes === undefined ? `${owner}: ${verdict}` : `${actor} took that back: again ${verdict}, by ${owner}`;
  const untilDay = until === undefined ? '' : ` until ${until.slice(0, 10)}`;
  return `${localTime(at)} ${who}${untilDay}, in build ${serviceBuild}: ${reason}`;
}
