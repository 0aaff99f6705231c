import { useEffect, useMemo, useRef, useState } from 'react';
import { count, counted } from '../../format.ts';
import { Redactable } from '../redactable.tsx';
import type { AlignedRow } from './align-trees.ts';
import { AlignedLines } from './aligned-lines.tsx';
import { findRows, nextOf } from './find-rows.ts';
import type { Mark } from './mark-rows.ts';
import { cutSentence, noteOf, type ReadBodies } from './read-bodies.ts';

interface BodyViewProps {
  readonly read: ReadBodies;
  readonly marks: readonly Mark[];
  /** Differences in what was not stored. */
  readonly unseen: number;
  readonly monolith: string;
  readonly service: string;
  /** A line that somebody jumped to. */
  readonly at: number | undefined;
  readonly isRaw: boolean;
  readonly onRaw: (isRaw: boolean) => void;
}

/** With more lines everything at once is more than anybody reads. */
const maxUnfolded = 5_000;
const noRows: readonly AlignedRow[] = [];

/** Both bodies, side by side or as they were stored. */
export function BodyView({ read, marks, unseen, monolith, service, at, isRaw, onRaw }: BodyViewProps) {
  const [isUnfolded, setUnfolded] = useState(false);
  const [found, setFound] = useState<number>();
  const box = useRef<HTMLDivElement>(null);
  const isAligned = read.form !== undefined;
  const { rows, areAll } = isAligned ? read.aligned : { rows: noRows, areAll: true };
  const showsLines = isAligned && !isRaw;

  useEffect(() => {
    if (found === undefined) return;
    box.current?.querySelector(`[data-line="${found}"]`)?.scrollIntoView({ block: 'center' });
  }, [found]);

  return (
    <div className="bodies" ref={box}>
      <div className="section-head">
        <h3>Bodies {isAligned && <span className="muted">as {read.form}</span>}</h3>
        <span className="buttons">
          {showsLines && <FindBar rows={rows} found={found} onFound={setFound} />}
          {showsLines && rows.length <= maxUnfolded && (
            <button
              type="button"
              className="small-button"
              aria-pressed={isUnfolded}
              onClick={() => setUnfolded(!isUnfolded)}
            >
              {isUnfolded ? 'Fold' : 'Unfold all'}
            </button>
          )}
          {isAligned && (
            <label className="check">
              <input type="checkbox" checked={isRaw} onChange={({ target }) => onRaw(target.checked)} /> Raw{' '}
              <kbd>v</kbd>
            </label>
          )}
        </span>
      </div>
      <BodyNotes name="monolith" body={monolith} />
      <BodyNotes name="service" body={service} />
      {unseen > 0 && (
        <p className="body-note">{counted(unseen, 'more difference')} in what was not stored.</p>
      )}
      {!areAll && (
        <p className="muted">Lines are set side by side up to the {count(rows.length)}th; Raw has all.</p>
      )}
      {!isAligned && <p className="muted">{read.why}</p>}
      {showsLines ? (
        <>
          <div className="side-names" aria-hidden="true">
            <span>Monolith</span>
            <span>Service</span>
          </div>
          <AlignedLines rows={rows} marks={marks} at={at} found={found} isUnfolded={isUnfolded} />
        </>
      ) : (
        <RawBodies monolith={monolith} service={service} />
      )}
    </div>
  );
}

interface FindBarProps {
  readonly rows: readonly AlignedRow[];
  readonly found: number | undefined;
  readonly onFound: (line: number | undefined) => void;
}

function FindBar({ rows, found, onFound }: FindBarProps) {
  const [text, setText] = useState('');
  const lines = useMemo(() => findRows(rows, text), [rows, text]);
  const change = (typed: string) => {
    setText(typed);
    onFound(findRows(rows, typed)[0]);
  };
  return (
    <span className="find">
      <input
        type="search"
        aria-label="Search in both bodies"
        placeholder="Search in both bodies"
        data-shortcut="/"
        value={text}
        onChange={({ target }) => change(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            change('');
            event.currentTarget.blur();
          }
          if (event.key === 'Enter') onFound(nextOf(lines, found, event.shiftKey ? -1 : 1));
        }}
      />
      <span className="muted found-count" role="status">
        {text.trim() !== '' &&
          (lines.length === 0
            ? 'nothing'
            : `${count(lines.indexOf(found ?? -1) + 1)} of ${count(lines.length)}`)}
      </span>
    </span>
  );
}

/** What there is not of a body, said plainly. */
function BodyNotes({ name, body }: { name: string; body: string }) {
  const sentence = body === '' ? 'no body.' : (noteOf(body) ?? cutSentence(body));
  if (sentence === undefined) return null;
  return (
    <p className="body-note">
      <strong>The {name}:</strong> <Redactable text={sentence} />
    </p>
  );
}

function RawBodies({ monolith, service }: { monolith: string; service: string }) {
  return (
    <div className="raw">
      {[
        { title: 'Monolith', text: monolith },
        { title: 'Service', text: service },
      ].map(({ title, text }) => (
        <figure key={title}>
          <figcaption>{title}</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>
            {text === '' ? <span className="muted">nothing</span> : <Redactable text={text} lines />}
          </pre>
        </figure>
      ))}
    </div>
  );
}
