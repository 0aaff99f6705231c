import { useQuery } from '@tanstack/react-query';
import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { signatureHours } from '../api/queries.ts';
import { count, shareOf as shareText, visible } from '../format.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';
import { ownShareOf, type RateBar, type RateBars, rateBars, shareOf, timeBefore } from './hour-bars.ts';

/** How often it showed, hour by hour, and how often the monolith has it with itself. */
export function RateChart({ about: { migration, signature } }: { about: ListedSignature }) {
  const query = useQuery(signatureHours(migration, signature));
  return (
    <section className="card" aria-labelledby="rate-title">
      <Loaded query={query}>
        {({ hours }) => {
          const rates = rateBars(hours);
          return (
            <>
              <div className="section-head">
                <h2 id="rate-title">Share of its route's pairs by {rates.unit}</h2>
                <span className="legend muted">
                  <span className="swatch service" /> against the service
                  <span className="swatch own" /> monolith with itself
                </span>
              </div>
              {rates.bars.length === 0 ? (
                <p className="muted">No pair of its route was compared in the last 14 days.</p>
              ) : (
                <Chart rates={rates} />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

/** Units of the drawing; a bar is two of them and a gap. */
const high = 100;
const slot = 10;
/** So that few do not become one wide block: what is before them had no pairs. */
const leastSlots = 12;

function Chart({ rates: { bars, highest, unit } }: { rates: RateBars }) {
  const top = highest === 0 ? 1 : highest;
  const shown = bars.filter((bar) => bar !== undefined);
  const [first, last] = [shown[0]!, shown.at(-1)!];
  const scale = (share: number) => (share === 0 ? 0 : Math.max(1.5, (share / top) * high));
  const before = Math.max(0, leastSlots - bars.length);
  const width = (before + bars.length) * slot;
  return (
    <>
      <div className="rate-chart">
        <span className="muted rate-top">{shareText(Math.round(top * 1e6), 1e6)}</span>
        <svg
          viewBox={`0 0 ${width} ${high}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={spoken(last, unit)}
        >
          {bars.map(
            (bar, index) =>
              bar && (
                <g key={bar.at} className={isNewBuild(bars, index) ? 'new-build' : ''}>
                  <title>{barText(bar)}</title>
                  <rect className="slot" x={(before + index) * slot} width={slot} height={high} />
                  <Bar
                    className="service"
                    at={(before + index) * slot + 1}
                    wide={4.5}
                    tall={scale(shareOf(bar))}
                  />
                  <Bar
                    className="own"
                    at={(before + index) * slot + 6}
                    wide={3}
                    tall={scale(ownShareOf(bar))}
                  />
                </g>
              ),
          )}
        </svg>
        <span className="muted rate-ends">
          <Time at={timeBefore(first.at, before, unit)} />
          <Time at={last.at} />
        </span>
      </div>
      <details>
        <summary>As numbers</summary>
        <table className="plain-table rate-table">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col" className="number">
                Against the service
              </th>
              <th scope="col" className="number">
                Monolith with itself
              </th>
              <th scope="col">Builds</th>
            </tr>
          </thead>
          <tbody>
            {shown.toReversed().map((bar) => (
              <tr key={bar.at}>
                <th scope="row">
                  <Time at={bar.at} />
                </th>
                <td className="number">
                  {count(bar.pairs)} of {count(bar.routePairs)}
                </td>
                <td className="number">
                  {bar.ownAsked === 0 ? '–' : `${count(bar.own)} of ${count(bar.ownAsked)}`}
                </td>
                <td>{visible(bar.builds.join(', '))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function Bar({ className, at, wide, tall }: { className: string; at: number; wide: number; tall: number }) {
  return <rect className={className} x={at} y={high - tall} width={wide} height={tall} />;
}

function isNewBuild(bars: RateBars['bars'], index: number): boolean {
  const before = bars.slice(0, index).findLast((bar) => bar !== undefined);
  return before !== undefined && bars[index]!.builds.some((build) => !before.builds.includes(build));
}

function barText(bar: RateBar): string {
  const own = bar.ownAsked === 0 ? '' : `, monolith with itself ${count(bar.own)} of ${count(bar.ownAsked)}`;
  return (
    `${new Date(bar.at).toLocaleString()}: ${count(bar.pairs)} of ${count(bar.routePairs)} pairs` +
    `${own}, build ${visible(bar.builds.join(', '))}`
  );
}

function spoken(last: RateBar, unit: string): string {
  return `In the last ${unit} ${shareText(last.pairs, last.routePairs)} of the pairs against the service, and ${shareText(last.own, last.ownAsked)} of the monolith with itself`;
}
