import type { PairRow } from '../../../proxy/admin/api-types.ts';
import { visible } from '../format.ts';
import { Redactable } from './redactable.tsx';

/** Rows of the headers of both answers; those that count as different are marked. */
export function HeaderTable({
  monolith,
  service,
  pair,
}: {
  monolith: readonly string[];
  service: readonly string[];
  pair: PairRow;
}) {
  const [left, right] = [byName(monolith), byName(service)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  const places = new Set(pair.differences.map(({ place }) => place.toLowerCase()));
  return names.map((name) => (
    <tr key={name} className={places.has(`header:${name}`) ? 'differs' : ''}>
      <th scope="row">{visible(name)}</th>
      <Values values={left.get(name)} />
      <Values values={right.get(name)} />
    </tr>
  ));
}

function Values({ values }: { values: readonly string[] | undefined }) {
  return (
    <td>
      {values === undefined ? <span className="muted">–</span> : <Redactable text={values.join(', ')} />}
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
