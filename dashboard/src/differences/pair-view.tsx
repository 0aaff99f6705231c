import { useEffect, useMemo, useRef, useState } from 'react';
import type { PairRow } from '../../../proxy/admin/api-types.ts';
import { milliseconds, visible } from '../format.ts';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Time } from '../parts/time.tsx';
import { BodyView } from './body/body-view.tsx';
import { type MarkedRows, markRows } from './body/mark-rows.ts';
import { readBodies } from './body/read-bodies.ts';
import { HeaderTable, StopRow } from './header-table.tsx';
import { JumpBar } from './jump-bar.tsx';
import { nextStop, pairStops } from './pair-stops.ts';
import { PairToolbar } from './pair-toolbar.tsx';
import { Redactable } from './redactable.tsx';

const noBody = { headers: [], body: '' };
const noMarks: MarkedRows = { marks: [], unseen: 0 };

/** One request and both answers to it. */
export function PairView({ pair, signature }: { pair: PairRow; signature: string }) {
  const { request, monolith = noBody, service = noBody, control, at: answeredAt, differences } = pair;
  const [isRaw, setRaw] = useState(false);
  const [at, setAt] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const read = useMemo(() => readBodies(monolith, service), [monolith, service]);
  const { marks, unseen } = useMemo(() => {
    if (read.form === undefined) return noMarks;
    const { rows, areAll } = read.aligned;
    return markRows(rows, differences, signature, read.isCut || !areAll);
  }, [read, differences, signature]);
  const stops = useMemo(() => pairStops(pair, signature, marks), [pair, signature, marks]);

  const go = (step: 1 | -1) => {
    const next = nextStop(stops, at, step);
    if (next?.id.startsWith('row:')) setRaw(false);
    setAt(next?.id);
  };
  useShortcuts({ v: () => setRaw(!isRaw) });
  useEffect(() => {
    if (at === undefined) return;
    const stop = box.current?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(at)}"]`);
    stop?.focus({ preventScroll: true });
    stop?.scrollIntoView({ block: 'center' });
  }, [at]);

  const isOver = differences.some(({ place }) => place === 'differences');
  return (
    <div className="pair" ref={box}>
      <div className="request">
        <code>
          <strong>{visible(request?.method ?? '')}</strong>{' '}
          <Redactable text={request?.target ?? pair.route} />
        </code>
        <span className="muted">
          <Time at={answeredAt} seconds />; the client got the answer of the {control}
        </span>
      </div>
      <PairToolbar pair={pair} />
      {request && <Request request={request} />}
      <JumpBar stops={stops} at={at} onGo={go} />
      {isOver && <p className="body-note">There are more differences than are listed for a pair.</p>}
      <table className="both">
        <caption className="hidden">Status, time and headers of both answers</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">Monolith</th>
            <th scope="col">Service</th>
          </tr>
        </thead>
        <tbody>
          <StopRow name="status" stop={stops.find(({ id }) => id === 'status')} isAt={at === 'status'}>
            <Status answer={pair.monolith} />
            <Status answer={pair.service} />
          </StopRow>
          <tr>
            <th scope="row">took</th>
            <td>{milliseconds(pair.monolithMs)}</td>
            <td>{milliseconds(pair.serviceMs)}</td>
          </tr>
          <HeaderTable monolith={monolith.headers} service={service.headers} stops={stops} at={at} />
        </tbody>
      </table>
      {(monolith.body !== '' || service.body !== '') && (
        <BodyView
          read={read}
          marks={marks}
          unseen={unseen}
          monolith={monolith.body}
          service={service.body}
          at={at?.startsWith('row:') ? Number(at.slice('row:'.length)) : undefined}
          isRaw={isRaw}
          onRaw={setRaw}
        />
      )}
    </div>
  );
}

function Status({ answer }: { answer: PairRow['monolith'] }) {
  return (
    <td>
      {answer?.status ?? (
        <span>
          no answer: <Redactable text={answer?.detail ?? 'not kept'} />
        </span>
      )}
    </td>
  );
}

function Request({ request: { headers, body } }: { request: NonNullable<PairRow['request']> }) {
  const lines = headers.flatMap((value, index) =>
    index % 2 === 1 ? [`${headers[index - 1]}: ${value}`] : [],
  );
  return (
    <details>
      <summary>Request headers{body !== '' && ' and body'}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <Redactable text={[...lines, ...(body === '' ? [] : ['', body])].join('\n')} lines />
      </pre>
    </details>
  );
}
