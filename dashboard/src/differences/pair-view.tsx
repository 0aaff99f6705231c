import { useMemo, useState } from 'react';
import type { PairRow } from '../../../proxy/admin/api-types.ts';
import { milliseconds, visible } from '../format.ts';
import { Time } from '../parts/time.tsx';
import { alignJson } from './align-json.ts';
import { AlignedTree } from './aligned-tree.tsx';
import { HeaderTable } from './header-table.tsx';
import { PairToolbar } from './pair-toolbar.tsx';
import { Redactable } from './redactable.tsx';

/** One request and both answers to it. */
export function PairView({ pair, signature }: { pair: PairRow; signature: string }) {
  const [isRaw, setRaw] = useState(false);
  const { request, monolith, service, control, at, differences } = pair;
  const rows = useMemo(
    () => (monolith && service ? alignJson(monolith.body, service.body) : undefined),
    [monolith, service],
  );
  const hasBodies = (monolith?.body ?? '') !== '' || (service?.body ?? '') !== '';
  return (
    <div className="pair">
      <div className="request">
        <code>
          <strong>{visible(request?.method ?? '')}</strong>{' '}
          <Redactable text={request?.target ?? pair.route} />
        </code>
        <span className="muted">
          <Time at={at} seconds />; the client got the answer of the {control}
        </span>
      </div>
      <PairToolbar pair={pair} />
      {request && <Request request={request} />}
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
          <tr className={monolith?.status === service?.status ? '' : 'differs'}>
            <th scope="row">status</th>
            <td>{monolith?.status ?? visible(monolith?.detail ?? '–')}</td>
            <td>{service?.status ?? visible(service?.detail ?? '–')}</td>
          </tr>
          <tr>
            <th scope="row">took</th>
            <td>{milliseconds(pair.monolithMs)}</td>
            <td>{milliseconds(pair.serviceMs)}</td>
          </tr>
          <HeaderTable monolith={monolith?.headers ?? []} service={service?.headers ?? []} pair={pair} />
        </tbody>
      </table>
      {hasBodies && (
        <>
          <div className="section-head">
            <h3>Bodies</h3>
            {rows && (
              <label className="check">
                <input type="checkbox" checked={isRaw} onChange={({ target }) => setRaw(target.checked)} />{' '}
                Raw
              </label>
            )}
          </div>
          {rows && !isRaw ? (
            <AlignedTree rows={rows} differences={differences} signature={signature} />
          ) : (
            <RawBodies monolith={monolith?.body ?? ''} service={service?.body ?? ''} />
          )}
        </>
      )}
    </div>
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
