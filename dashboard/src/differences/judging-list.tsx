import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { session } from '../api/queries.ts';
import { count, counted } from '../format.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import { JudgeDialog } from './judge-dialog.tsx';
import { JudgedNotice } from './judged-notice.tsx';
import { type Judged, mayJudge } from './judging.ts';
import { KeyList, type Keys } from './key-list.tsx';
import { decidedAbout, keyOf, maxDecided, type Selection, toggled, toggledRange } from './selection.ts';
import { SignatureTable } from './signature-table.tsx';
import type { Verdict } from './verdict-fields.tsx';

const pageSize = 100;

const keys: Keys = [
  ['j k', 'next and previous difference'],
  ['Enter', 'open it'],
  ['x', 'tick it; with Shift, or Shift and a click, all in between'],
  ['e b o', 'judge what is ticked, or the one you are at: expected, bug, noise (n as well)'],
  ['u', 'take back what you just decided'],
  ['Escape', 'tick nothing'],
  ['/', 'search'],
];

/** The row that was left for its page, to come back to. */
let lastAt: string | undefined;

/** Signatures to go through, tick and judge. */
export function JudgingList({
  shown,
  withMigration,
}: {
  shown: readonly ListedSignature[];
  withMigration: boolean;
}) {
  const role = useQuery(session).data?.role;
  const table = useRef<HTMLTableElement>(null);
  const at = useRef(lastAt);
  const anchor = useRef<string>(undefined);
  const [limit, setLimit] = useState(pageSize);
  const [goTo, setGoTo] = useState<{ readonly key: string }>();
  const [selection, setSelection] = useState<Selection>(new Set());
  const [deciding, setDeciding] = useState<{ about: ListedSignature[]; verdict: Verdict | undefined }>();
  const [judged, setJudged] = useState<Judged>();
  const page = useMemo(() => shown.slice(0, limit), [shown, limit]);
  const ticked = useMemo(() => shown.filter((one) => selection.has(keyOf(one))).length, [shown, selection]);
  const canJudge = mayJudge(role);

  const setAt = useCallback((key: string) => {
    at.current = key;
    lastAt = key;
  }, []);
  const tick = useCallback(
    (key: string, isRange: boolean) => {
      const from = anchor.current;
      setSelection((now) => (isRange ? toggledRange(now, shown.map(keyOf), from, key) : toggled(now, key)));
      anchor.current = key;
    },
    [shown],
  );
  const go = (step: 1 | -1) => {
    const now = shown.findIndex((one) => keyOf(one) === at.current);
    const next = Math.max(0, Math.min(shown.length - 1, now + step));
    if (next >= limit) setLimit(limit + pageSize);
    setGoTo({ key: keyOf(shown[next]!) });
  };
  useEffect(() => {
    if (!goTo) return;
    const row = table.current?.querySelector(`[data-key="${CSS.escape(goTo.key)}"]`);
    row?.querySelector('a')?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }, [goTo]);
  const decide = (verdict?: Verdict) => {
    const about = decidedAbout(shown, selection, at.current).slice(0, maxDecided);
    if (canJudge && about.length > 0) setDeciding({ about, verdict });
  };
  const tickHere = (isRange: boolean) => {
    if (canJudge && at.current !== undefined) tick(at.current, isRange);
  };
  const tickTo = () => tickHere(true);
  const untick = () => setSelection(new Set());
  useShortcuts({
    j: () => go(1),
    k: () => go(-1),
    x: () => tickHere(false),
    X: tickTo,
    e: () => decide('expected'),
    b: () => decide('bug'),
    o: () => decide('noise'),
    n: () => decide('noise'),
    Escape: untick,
  });
  const forget = useCallback(() => setJudged(undefined), []);

  return (
    <>
      <div className="selection-bar">
        <span role="status">
          {ticked > 0
            ? `${counted(ticked, 'difference')} ticked${ticked > maxDecided ? `; ${maxDecided} are judged at once` : ''}`
            : ''}
        </span>
        <span className="buttons">
          {canJudge && (
            <button type="button" className="small-button" disabled={ticked === 0} onClick={() => decide()}>
              Judge{ticked > 0 && ` ${Math.min(ticked, maxDecided)}`}
            </button>
          )}
          <KeyList keys={keys} />
        </span>
      </div>
      <SignatureTable
        shown={page}
        withMigration={withMigration}
        withBoxes={canJudge}
        selection={selection}
        onTick={tick}
        onTickAll={(isOn) => setSelection(new Set(isOn ? page.map(keyOf) : []))}
        onAt={setAt}
        table={table}
      />
      {shown.length > limit && (
        <button type="button" onClick={() => setLimit(limit + pageSize)}>
          Show {Math.min(pageSize, shown.length - limit)} more of {count(shown.length)}
        </button>
      )}
      {deciding && (
        <JudgeDialog
          {...deciding}
          onJudged={(done) => {
            setJudged(done);
            setSelection(new Set());
          }}
          onClose={() => setDeciding(undefined)}
        />
      )}
      <JudgedNotice judged={judged} onClose={forget} />
    </>
  );
}
