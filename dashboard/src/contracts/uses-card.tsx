import { useState } from 'react';
import type { ContractReport, ContractUse } from '../../../proxy/admin/api-types.ts';
import { count, shareOf, visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { DraftBox } from './draft-box.tsx';

const shownAtFirst = 30;

/** What clients really ask for, what no pact has first, each with a draft of a pact to copy. */
export function UsesCard({ id, report: { uses, unused } }: { id: string; report: ContractReport }) {
  const [shown, setShown] = useState(shownAtFirst);
  const all = uses.reduce((sum, use) => sum + use.count, 0);
  const without = uses.filter(({ coveredBy }) => coveredBy.length === 0);
  const withoutCount = without.reduce((sum, use) => sum + use.count, 0);
  const sorted = [...without, ...uses.filter(({ coveredBy }) => coveredBy.length > 0)];
  return (
    <section className="card" aria-labelledby="uses-title">
      <h2 id="uses-title">What clients ask for</h2>
      {uses.length === 0 ? (
        <p className="muted">
          Nothing was seen yet under the builds and rules of now. Copies of requests tell it:{' '}
          <code>ficus shadow {visible(id)} --share 10%</code>
        </p>
      ) : (
        <>
          <p>
            {without.length === 0
              ? 'Each kind of request is in a pact.'
              : `${count(without.length)} of ${count(uses.length)} kinds of requests are in no pact: ${shareOf(withoutCount, all)} of what was asked for.`}
          </p>
          <table className="uses">
            <thead>
              <tr>
                <th scope="col">Request</th>
                <th scope="col">Answer</th>
                <th scope="col" className="number">
                  How often
                </th>
                <th scope="col">In a pact</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, shown).map((use) => (
                <Row key={use.use} id={id} use={use} all={all} />
              ))}
            </tbody>
          </table>
          {sorted.length > shown && (
            <button type="button" onClick={() => setShown(shown + 100)}>
              {count(sorted.length - shown)} more
            </button>
          )}
        </>
      )}
      {unused.length > 0 && (
        <details>
          <summary>In a pact, and not seen in traffic yet ({count(unused.length)})</summary>
          <ul className="plain">
            {unused.map(({ consumer, description, request }) => (
              <li key={`${consumer} ${request} ${description}`}>
                <code>{visible(request)}</code> {visible(description)}{' '}
                <span className="muted">({visible(consumer)})</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Row({ id, use, all }: { id: string; use: ContractUse; all: number }) {
  const [isDrafting, setDrafting] = useState(false);
  const { route, status, type, requestType, query, counted, coveredBy } = use;
  const shape = [
    ...(query === 'none' || query === 'any' ? [] : [`?${query}`]),
    ...(requestType === 'none' || requestType === 'any' ? [] : [requestType]),
  ].join(' ');
  return (
    <>
      <tr>
        <th scope="row" data-label="Request">
          <code>{visible(route)}</code>
          {shape !== '' && <span className="muted below">{visible(shape)}</span>}
        </th>
        <td data-label="Answer">
          {visible(status)}
          {type !== 'any' && <span className="muted below">{visible(type)}</span>}
        </td>
        <td className="number" data-label="How often">
          {count(use.count)}
          <span className="muted below">{shareOf(use.count, all)}</span>
        </td>
        <td data-label="In a pact">
          {coveredBy.length === 0 ? (
            <>
              <Badge tone="warn">no pact</Badge>{' '}
              {counted === 'pairs' ? (
                <button
                  type="button"
                  className="quiet"
                  aria-expanded={isDrafting}
                  onClick={() => setDrafting(!isDrafting)}
                >
                  {isDrafting ? 'Close the draft' : 'Draft of one'}
                </button>
              ) : (
                <span className="muted small">not copied, so nothing to draft from</span>
              )}
            </>
          ) : (
            <ul className="plain">
              {coveredBy.map(({ consumer, description }) => (
                <li key={`${consumer} ${description}`}>
                  {visible(consumer)} <span className="muted below">{visible(description)}</span>
                </li>
              ))}
            </ul>
          )}
        </td>
      </tr>
      {isDrafting && (
        <tr className="draft">
          <td colSpan={4}>
            <DraftBox id={id} use={use.use} />
          </td>
        </tr>
      )}
    </>
  );
}
