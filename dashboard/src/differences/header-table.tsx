import { useState } from 'react';
import { counted, visible } from '../format.ts';
import type { PairStop } from './pair-stops.ts';
import { Redactable } from './redactable.tsx';

interface HeaderTableProps {
  /** Names and values in turn. */
  readonly monolith: readonly string[];
  readonly service: readonly string[];
  readonly stops: readonly PairStop[];
  readonly at: string | undefined;
}

/** Rows of the headers of both answers: those that count as different are marked, equal ones wait behind a button. */
export function HeaderTable({ monolith, service, stops, at }: HeaderTableProps) {
  const [isAll, setAll] = useState(false);
  const [left, right] = [byName(monolith), byName(service)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  const isEqual = (name: string) => left.get(name)?.join('\n') === right.get(name)?.join('\n');
  const stopOf = (name: string) => stops.find(({ id }) => id === `header:${name}`);
  const equal = names.filter((name) => isEqual(name) && !stopOf(name));
  return (
    <>
      {names
        .filter((name) => isAll || !equal.includes(name))
        .map((name) => (
          <StopRow
            key={name}
            name={visible(name)}
            stop={stopOf(name)}
            isAt={at === `header:${name}`}
            note={stopOf(name) || isEqual(name) ? undefined : 'not compared, or allowed'}
          >
            <Values values={left.get(name)} />
            <Values values={right.get(name)} />
          </StopRow>
        ))}
      {equal.length > 0 && (
        <tr>
          <td colSpan={3} className="fold-row">
            <button type="button" className="fold" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
              {isAll ? 'Hide equal headers' : counted(equal.length, 'equal header')}
            </button>
          </td>
        </tr>
      )}
    </>
  );
}

/** A row of the table of both answers, which may be jumped to. */
export function StopRow({
  name,
  stop,
  isAt,
  note,
  children,
}: {
  name: string;
  stop: PairStop | undefined;
  isAt: boolean;
  note?: string | undefined;
  children: React.ReactNode;
}) {
  const mark = stop && (stop.isOwn ? 'own' : 'other');
  return (
    <tr
      className={[mark ?? '', isAt ? 'at' : ''].join(' ')}
      {...(stop && { 'data-stop': stop.id, tabIndex: -1 })}
    >
      <th scope="row">
        {mark && <span className="hidden">{mark === 'own' ? 'differs: ' : 'differs otherwise: '}</span>}
        {name}
        {note !== undefined && <span className="below">{note}</span>}
      </th>
      {children}
    </tr>
  );
}

function Values({ values }: { values: readonly string[] | undefined }) {
  if (values === undefined) {
    return (
      <td>
        <span className="muted">–</span>
      </td>
    );
  }
  return (
    <td>
      {values.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one header have nothing but their order
        <span key={index} className="value">
          <Redactable text={value} />
        </span>
      ))}
    </td>
  );
}

/** A flat list of names and values, as a map from the small-lettered name to its values. */
function byName(flat: readonly string[]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index]!.toLowerCase();
    map.set(name, [...(map.get(name) ?? []), flat[index + 1]!]);
  }
  return map;
}
