import { useMemo, useRef, useState } from 'react';
import type { PairRow } from '../../../proxy/admin/api-types.ts';
import { counted } from '../format.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import type { AlignedBodies, AlignedRow } from './align-json.ts';
import { foldRows } from './fold-rows.ts';
import { Redactable } from './redactable.tsx';

/** `own`: shows this signature; `other`: another one; `allowed`: unequal, but by the rules no difference. */
type Mark = 'own' | 'other' | 'allowed' | undefined;

interface AlignedTreeProps {
  readonly rows: AlignedBodies;
  readonly differences: PairRow['differences'];
  readonly signature: string;
}

const bodyPlace = 'body:';

/** Both bodies line by line beside each other. n and p go through what differs. */
export function AlignedTree({ rows, differences, signature }: AlignedTreeProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [at, setAt] = useState<number>();
  const marks = useMemo(() => markRows(rows, differences, signature), [rows, differences, signature]);
  const folds = useMemo(
    () => foldRows(rows.map(({ isSame }, index) => !isSame || marks[index] !== undefined)),
    [rows, marks],
  );
  const stops = useMemo(
    () => marks.flatMap((mark, index) => (mark === 'own' || mark === 'other' ? [index] : [])),
    [marks],
  );

  const go = (step: 1 | -1) => {
    if (stops.length === 0) return;
    const now = at === undefined ? (step === 1 ? -1 : 0) : stops.indexOf(at);
    const next = stops[(now + step + stops.length) % stops.length]!;
    setAt(next);
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${next}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'center' });
  };
  useShortcuts({ n: () => go(1), p: () => go(-1) });

  return (
    <div className="aligned" ref={box}>
      <div className="tree-bar">
        <span className="muted">{counted(stops.length, 'differing line')}</span>
        <span className="buttons">
          <button type="button" onClick={() => go(-1)} disabled={stops.length === 0}>
            Previous <kbd>p</kbd>
          </button>
          <button type="button" onClick={() => go(1)} disabled={stops.length === 0}>
            Next <kbd>n</kbd>
          </button>
          <button type="button" onClick={() => setOpen(new Set(folds.map(({ from }) => from)))}>
            Unfold all
          </button>
        </span>
      </div>
      <div className="side-names" aria-hidden="true">
        <span>Monolith</span>
        <span>Service</span>
      </div>
      <ol className="rows">
        {folds.map(({ from, to, isFolded }) =>
          isFolded && !isOpen.has(from) ? (
            <li key={from}>
              <button type="button" className="fold" onClick={() => setOpen(new Set([...isOpen, from]))}>
                {counted(to - from, 'equal line')}
              </button>
            </li>
          ) : (
            rows
              .slice(from, to)
              .map((row) => <Row key={row.line} row={row} mark={marks[row.line]} isAt={at === row.line} />)
          ),
        )}
      </ol>
    </div>
  );
}

const spoken = { own: 'differs', other: 'differs otherwise', allowed: 'unequal, allowed by a rule' } as const;

function Row({ row, mark, isAt }: { row: AlignedRow; mark: Mark; isAt: boolean }) {
  const { monolith, service, depth, isSame, pointer, line } = row;
  const className = ['row', mark ?? (isSame ? 'same' : 'within'), isAt ? 'at' : ''].join(' ');
  return (
    <li
      className={className}
      data-row={line}
      tabIndex={mark ? -1 : undefined}
      {...(mark && { title: `body:${pointer}` })}
    >
      {mark && <span className="hidden">{spoken[mark]}: </span>}
      <Side text={monolith} depth={depth} side="monolith" />
      <Side text={service} depth={depth} side="service" />
    </li>
  );
}

function Side({ text, depth, side }: { text: string | undefined; depth: number; side: string }) {
  return (
    <code className={`${side} indent-${Math.min(depth, 12)}`}>
      {text === undefined ? <span className="hidden">nothing</span> : <Redactable text={text} />}
    </code>
  );
}

function markRows(rows: AlignedBodies, differences: PairRow['differences'], signature: string): Mark[] {
  const places = new Map<string, 'own' | 'other'>();
  for (const { place, signature: of } of differences) {
    if (!place.startsWith(bodyPlace)) continue;
    const pointer = place.slice(bodyPlace.length);
    if (of === signature || !places.has(pointer)) places.set(pointer, of === signature ? 'own' : 'other');
  }
  // The line that opens an array or object stands for it; the one that closes it has the same pointer.
  const seen = new Set<string>();
  return rows.map(({ pointer, isSame }) => {
    const place = places.get(pointer);
    if (place !== undefined && !seen.has(pointer)) {
      seen.add(pointer);
      return place;
    }
    return isSame || place !== undefined || isWithin(pointer, places) ? undefined : 'allowed';
  });
}

/** Below something that is missing on one side, every line is; one mark is enough. */
function isWithin(pointer: string, places: ReadonlyMap<string, unknown>): boolean {
  for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
    if (places.has(pointer.slice(0, end))) return true;
    if (end === 0) break;
  }
  return false;
}
