import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { PairRow, RevealDone } from '../../../../proxy/admin/api-types.ts';
import { write } from '../../api/client.ts';
import { session } from '../../api/queries.ts';
import { counted } from '../../format.ts';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';

/** Long enough to read, short enough that nobody else does. */
const shownForMs = 20_000;

export interface Revealing {
  /** By mark, as long as they are shown. */
  readonly values: ReadonlyMap<string, string>;
  /** Those that can be asked for; none for who is no admin. */
  readonly marks: readonly string[];
  ask(marks: readonly string[]): void;
  hide(): void;
}

const nothing: Revealing = { values: new Map(), marks: [], ask() {}, hide() {} };
const RevealContext = createContext(nothing);

/** What can be revealed in the pair around. */
export const useReveal = (): Revealing => useContext(RevealContext);

/**
 * Around a pair: asks for the reason, and holds what was revealed. The values are in this state alone, and go after
 * a short while, with the pair, and when the tab is left.
 */
export function Revealable({ pair, children }: { pair: PairRow; children: ReactNode }) {
  const isAdmin = useQuery(session).data?.role === 'admin';
  const [asking, setAsking] = useState<readonly string[]>();
  const [values, setValues] = useState(nothing.values);

  useEffect(() => {
    if (values.size === 0) return;
    const hide = () => setValues(nothing.values);
    const timer = setTimeout(hide, shownForMs);
    document.addEventListener('visibilitychange', hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', hide);
    };
  }, [values]);

  const revealing = useMemo(
    (): Revealing => ({
      values,
      marks: isAdmin ? (pair.revealable ?? []) : [],
      ask: setAsking,
      hide: () => setValues(nothing.values),
    }),
    [values, isAdmin, pair],
  );

  const reveal = async (reason: string) => {
    const path = `/api/pairs/${encodeURIComponent(pair.id)}/reveal`;
    const done = await write<RevealDone>(path, { marks: asking, reason });
    setValues(new Map(done.values.map(({ mark, value }) => [mark, value])));
  };

  return (
    <RevealContext value={revealing}>
      {children}
      {asking && (
        <ReasonDialog
          title={
            asking.length === 1 ? 'Reveal a hidden value' : `Reveal ${counted(asking.length, 'hidden value')}`
          }
          action="Reveal"
          needsReason
          onConfirm={reveal}
          onClose={() => setAsking(undefined)}
        >
          <p>
            What was hidden is shown for {shownForMs / 1000} seconds, or until you leave this tab. The audit
            keeps that you asked, why, and for which places; never the value.
          </p>
        </ReasonDialog>
      )}
    </RevealContext>
  );
}
