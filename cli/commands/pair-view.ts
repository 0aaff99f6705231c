import type { PairRow } from '../../proxy/admin/api-types.ts';
import { localTime, milliseconds, none } from '../format.ts';
import type { Paint } from '../paint.ts';
import { renderTable } from '../table.ts';

interface PlaceRow {
  readonly mark: string;
  readonly place: string;
  readonly monolith: string;
  readonly service: string;
}

/** Pairs side by side, the places of `signature` marked. */
export function renderPairs(
  pairs: readonly PairRow[],
  signature: string,
  terminal: { readonly width: number | undefined; readonly paint: Paint },
): string {
  if (pairs.length === 0) return 'No sample pair of it is kept any more.';
  const { paint } = terminal;
  return pairs
    .map((pair) => {
      const request = pair.request ? `${pair.request.method} ${pair.request.target}` : pair.route;
      return [
        paint('cyan', request),
        `pair ${pair.id}`,
        ...traceLine(pair),
        `${localTime(pair.at)}, the client got the answer of the ${pair.control}`,
        renderTable<PlaceRow>(
          [
            { title: '', cell: ({ mark }) => mark },
            { title: '', wrapTo: 16, cell: ({ place }) => place },
            { title: 'MONOLITH', wrapTo: 16, cell: ({ monolith }) => monolith },
            { title: 'SERVICE', wrapTo: 16, cell: ({ service }) => service },
          ],
          placeRows(pair, signature),
          terminal,
        ),
      ].join('\n');
    })
    .join('\n\n');
}

/** Where its trace is looked at, or under which id. */
function traceLine({ links }: PairRow): string[] {
  const trace = links?.traceUrl ?? links?.traceId;
  return trace === undefined ? [] : [`trace ${trace}`];
}

function placeRows(pair: PairRow, signature: string): PlaceRow[] {
  const [monolith, service] = [pair.monolith, pair.service].map((answer) =>
    String(answer?.status ?? answer?.detail ?? none),
  );
  return [
    { mark: '', place: 'status', monolith: monolith ?? none, service: service ?? none },
    {
      mark: '',
      place: 'took',
      monolith: milliseconds(pair.monolithMs),
      service: milliseconds(pair.serviceMs),
    },
    ...pair.differences.map((difference) => ({
      mark: difference.signature === signature ? '›' : '',
      place: difference.place,
      monolith: difference.monolith ?? '(nothing)',
      service: difference.service ?? '(nothing)',
    })),
  ];
}
