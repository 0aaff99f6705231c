import { Link } from '@tanstack/react-router';
import { type MouseEvent, memo, type RefObject } from 'react';
import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { count, shareOf, visible } from '../format.ts';
import { Time } from '../parts/time.tsx';
import { Sample } from './sample.tsx';
import { keyOf, type Selection } from './selection.ts';
import { Standing } from './standing.tsx';

interface SignatureTableProps {
  readonly shown: readonly ListedSignature[];
  readonly withMigration: boolean;
  readonly withBoxes: boolean;
  readonly selection: Selection;
  readonly onTick: (key: string, isRange: boolean) => void;
  readonly onTickAll: (isOn: boolean) => void;
  readonly onAt: (key: string) => void;
  readonly table: RefObject<HTMLTableElement | null>;
}

export function SignatureTable(props: SignatureTableProps) {
  const { shown, selection, withBoxes, onTickAll, table } = props;
  const ticked = shown.filter((one) => selection.has(keyOf(one))).length;
  return (
    <table className={withBoxes ? 'signatures with-boxes' : 'signatures'} ref={table}>
      <thead>
        <tr>
          {withBoxes && (
            <th scope="col" className="box">
              <input
                type="checkbox"
                aria-label="Tick all that are shown"
                checked={ticked > 0 && ticked === shown.length}
                ref={(box) => {
                  if (box) box.indeterminate = ticked > 0 && ticked < shown.length;
                }}
                onChange={({ target }) => onTickAll(target.checked)}
              />
            </th>
          )}
          <th scope="col">Place</th>
          <th scope="col">Stands</th>
          <th scope="col" className="number">
            Pairs
          </th>
          <th scope="col" className="number" title="Of the requests that the monolith was asked twice">
            Monolith with itself
          </th>
          <th scope="col">Monolith → service</th>
          <th scope="col">Seen</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <Row
            key={keyOf(one)}
            one={one}
            isTicked={selection.has(keyOf(one))}
            withMigration={props.withMigration}
            withBox={withBoxes}
            onTick={props.onTick}
            onAt={props.onAt}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly one: ListedSignature;
  readonly isTicked: boolean;
  readonly withMigration: boolean;
  readonly withBox: boolean;
  readonly onTick: SignatureTableProps['onTick'];
  readonly onAt: SignatureTableProps['onAt'];
}

const Row = memo(function Row({ one, isTicked, withMigration, withBox, onTick, onAt }: RowProps) {
  const { migration, signature, place, route, kind, pairs, routePairs, askedTwice, firstSeen, lastSeen } =
    one;
  const key = keyOf(one);
  const tick = (event: MouseEvent) => onTick(key, event.shiftKey);
  return (
    <tr data-key={key} className={isTicked ? 'ticked' : ''} onFocus={() => onAt(key)}>
      {withBox && (
        <td className="box">
          <input
            type="checkbox"
            aria-label={`Tick ${visible(place)} of ${visible(route)}`}
            checked={isTicked}
            onClick={tick}
            onChange={() => undefined}
          />
        </td>
      )}
      <th scope="row">
        <Link to="/differences/$migration/$signature" params={{ migration, signature }}>
          <code>{visible(place)}</code>
        </Link>
        <span className="muted below">
          {kind} · {visible(route)}
          {withMigration && ` · ${visible(migration)}`}
        </span>
      </th>
      <td data-label="Stands">
        <Standing signature={one} />
      </td>
      <td data-label="Pairs" className="number">
        {count(pairs)}
        <span className="muted below">{shareOf(pairs, routePairs)}</span>
      </td>
      <td data-label="Monolith with itself" className="number">
        {askedTwice.pairs === 0 ? (
          <span className="muted">not asked</span>
        ) : (
          <>
            {shareOf(askedTwice.monolith, askedTwice.pairs)}
            <span className="muted below">of {count(askedTwice.pairs)}</span>
          </>
        )}
      </td>
      <td data-label="Sample">
        <Sample of={one} />
      </td>
      <td data-label="Seen" className="seen">
        <Time at={lastSeen} />
        <span className="muted below">
          first <Time at={firstSeen} />
        </span>
      </td>
    </tr>
  );
});
