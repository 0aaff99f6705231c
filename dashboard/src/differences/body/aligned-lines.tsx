import { memo, useMemo, useState } from 'react';
import { counted } from '../../format.ts';
import { Redactable } from '../redactable.tsx';
import type { AlignedRow } from './align-trees.ts';
import { type ChangedText, changedParts, shortened } from './changed-part.ts';
import { type Fold, foldRows } from './fold-rows.ts';
import type { Mark } from './mark-rows.ts';

interface AlignedLinesProps {
  readonly rows: readonly AlignedRow[];
  readonly marks: readonly Mark[];
  /** Lines: that somebody jumped to, that was searched for. */
  readonly at: number | undefined;
  readonly found: number | undefined;
  readonly isUnfolded: boolean;
}

/** Lines that a button shows at once. */
const atOnce = 500;
/** Lines a list: a browser lays out those that are seen. */
const perList = 100;

/** Both bodies line by line beside each other, what is equal folded away. */
export function AlignedLines({ rows, marks, at, found, isUnfolded }: AlignedLinesProps) {
  const [opened, setOpened] = useState<ReadonlyMap<number, number>>(new Map());
  const folds = useMemo(() => foldRows(rows, marks, found), [rows, marks, found]);
  const items = useMemo(() => {
    const all: (number | Fold)[] = [];
    for (const fold of folds) {
      const shown = fold.isFolded && !isUnfolded ? Math.min(openedIn(fold, opened), fold.to) : fold.to;
      for (let line = fold.from; line < shown; line++) all.push(line);
      if (shown < fold.to) all.push({ ...fold, from: shown });
    }
    return all;
  }, [folds, opened, isUnfolded]);
  const lists = Array.from({ length: Math.ceil(items.length / perList) }, (_, index) =>
    items.slice(index * perList, (index + 1) * perList),
  );
  return (
    <div className="rows">
      {lists.map((list) => (
        <ol key={keyOf(list[0]!)}>
          {list.map((item) =>
            typeof item === 'number' ? (
              <Row
                key={item}
                row={rows[item]!}
                mark={marks[item]}
                isAt={at === item}
                isFound={found === item}
              />
            ) : (
              <li key={`fold ${item.from}`}>
                <button
                  type="button"
                  className="fold"
                  onClick={() => setOpened(new Map([...opened, [item.to, item.from + atOnce]]))}
                >
                  {foldText(item, rows)}
                </button>
              </li>
            ),
          )}
        </ol>
      ))}
    </div>
  );
}

const keyOf = (item: number | Fold) => (typeof item === 'number' ? item : `fold ${item.from}`);

/** By where it ends: that does not change when it is opened further. */
function openedIn({ from, to }: Fold, opened: ReadonlyMap<number, number>): number {
  return Math.max(from, opened.get(to) ?? from);
}

function foldText({ from, to }: Fold, rows: readonly AlignedRow[]): string {
  const lines = to - from;
  const inside = rows.slice(from, to);
  const areEqual = inside.every(({ isSame }) => isSame);
  const only = inside.every(({ service }) => service === undefined)
    ? ' of the monolith alone'
    : inside.every(({ monolith }) => monolith === undefined)
      ? ' of the service alone'
      : '';
  return `${counted(lines, areEqual ? 'equal line' : 'line')}${only}${lines > atOnce ? `, show ${atOnce}` : ''}`;
}

const spoken = { own: 'differs', other: 'differs otherwise', allowed: 'unequal, allowed by a rule' } as const;

interface RowProps {
  readonly row: AlignedRow;
  readonly mark: Mark;
  readonly isAt: boolean;
  readonly isFound: boolean;
}

const Row = memo(function Row({ row, mark, isAt, isFound }: RowProps) {
  const { monolith, service, isSame, isMoved, pointer, line, depth } = row;
  const kind = mark ?? (isSame ? 'same' : 'within');
  const parts =
    !isSame && monolith !== undefined && service !== undefined ? changedParts(monolith, service) : undefined;
  const isStop = mark === 'own' || mark === 'other';
  return (
    <li
      className={['row', kind, isAt ? 'at' : '', isFound ? 'found' : ''].join(' ')}
      data-line={line}
      {...(isStop && { 'data-stop': `row:${line}`, tabIndex: -1 })}
      {...(mark && { title: `body:${pointer}${isMoved ? ', stands elsewhere on the other side' : ''}` })}
    >
      {mark && (
        <span className="hidden">
          {spoken[mark]}
          {isMoved && ', moved'}:{' '}
        </span>
      )}
      <Side text={monolith} part={parts?.[0]} depth={depth} side="monolith" isMoved={isMoved === true} />
      <Side text={service} part={parts?.[1]} depth={depth} side="service" isMoved={isMoved === true} />
    </li>
  );
});

interface SideProps {
  readonly text: string | undefined;
  readonly part: ChangedText | undefined;
  readonly depth: number;
  readonly side: string;
  readonly isMoved: boolean;
}

function Side({ text, part, depth, side, isMoved }: SideProps) {
  return (
    <code className={`${side} indent-${Math.min(depth, 12)}`}>
      {text === undefined ? (
        <span className="hidden">nothing</span>
      ) : part === undefined ? (
        <Redactable text={shortened(text)} />
      ) : (
        <>
          <Redactable text={part.before} />
          {part.changed !== '' && (
            <mark>
              <Redactable text={part.changed} />
            </mark>
          )}
          <Redactable text={part.after} />
        </>
      )}
      {isMoved && text !== undefined && <span className="moved"> moved</span>}
    </code>
  );
}
