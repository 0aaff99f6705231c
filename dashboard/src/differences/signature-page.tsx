import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { PairRow, SignatureDetail } from '../../../proxy/admin/api-types.ts';
import { signature } from '../api/queries.ts';
import { count, counted, shareOf, visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Time } from '../parts/time.tsx';
import { JudgedNotice } from './judged-notice.tsx';
import type { Judged } from './judging.ts';
import { KeyList, type Keys } from './key-list.tsx';
import { Revealable } from './pair-actions/reveal.tsx';
import { PairView } from './pair-view.tsx';
import { RateChart } from './rate-chart.tsx';
import { RuleCard } from './rule-card.tsx';
import { Standing } from './standing.tsx';
import { VerdictCard } from './verdict-card.tsx';

const route = getRouteApi('/differences/$migration/$signature');

const keys: Keys = [
  ['n p', 'next and previous place that differs in the pair'],
  ['j k', 'next and previous pair'],
  ['/', 'search in both bodies; Enter goes to the next match, Shift and Enter to the one before'],
  ['v', 'bodies as they were stored, and back'],
  ['e b o', 'choose expected, bug or noise and write the reason; Enter judges'],
  ['u', 'take back what you just decided'],
];

export function SignaturePage() {
  const { migration, signature: wanted } = route.useParams();
  const query = useQuery(signature(migration, wanted));
  const about = query.data?.signature;
  return (
    <>
      <Heading title={about ? visible(about.place) : 'Difference'} aside={<KeyList keys={keys} />}>
        <p className="muted">
          <Link to="/differences" search={{ migration }}>
            Differences of {visible(migration)}
          </Link>{' '}
          / {about ? `${about.kind} · ${visible(about.route)} · ` : ''}
          <code>{visible(wanted)}</code>
        </p>
      </Heading>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { detail: SignatureDetail }) {
  const { signature: about, pairs, verdicts } = detail;
  const [judged, setJudged] = useState<Judged>();
  const forget = useCallback(() => setJudged(undefined), []);
  return (
    <>
      <Rates about={about} pairs={pairs} />
      <RateChart about={about} />
      <div className="columns judging">
        <Pairs pairs={pairs} signature={about.signature} />
        <div className="stack">
          <VerdictCard about={about} verdicts={verdicts} onJudged={setJudged} />
          <RuleCard about={about} pairs={pairs} />
        </div>
      </div>
      <JudgedNotice judged={judged} onClose={forget} />
    </>
  );
}

function Pairs({ pairs, signature: of }: { pairs: readonly PairRow[]; signature: string }) {
  const { pair: wanted = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const shown = Math.min(wanted, pairs.length);
  const pair = pairs[shown - 1];
  const show = (number: number) => {
    if (number >= 1 && number <= pairs.length)
      void navigate({ search: { pair: number }, replace: true, resetScroll: false });
  };
  useShortcuts({ j: () => show(shown + 1), k: () => show(shown - 1) });
  return (
    <section aria-labelledby="pairs-title">
      <div className="section-head">
        <h2 id="pairs-title">Newest pairs</h2>
        {pairs.length > 1 && (
          <nav aria-label="Pairs" className="pages">
            <button
              type="button"
              aria-label="Previous pair"
              disabled={shown <= 1}
              onClick={() => show(shown - 1)}
            >
              <kbd>k</kbd>
            </button>
            {pairs.map(({ id }, index) => (
              <button
                key={id}
                type="button"
                aria-current={pairs[index] === pair ? 'true' : undefined}
                aria-label={`Pair ${index + 1}`}
                onClick={() => show(index + 1)}
              >
                {index + 1}
              </button>
            ))}
            <button
              type="button"
              aria-label="Next pair"
              disabled={shown >= pairs.length}
              onClick={() => show(shown + 1)}
            >
              <kbd>j</kbd>
            </button>
          </nav>
        )}
      </div>
      {pair ? (
        <Revealable key={pair.id} pair={pair}>
          <PairView pair={pair} signature={of} />
        </Revealable>
      ) : (
        <p className="empty">No sample pair of it is kept any more.</p>
      )}
    </section>
  );
}

function Rates({
  about,
  pairs: samples,
}: {
  about: SignatureDetail['signature'];
  pairs: readonly PairRow[];
}) {
  const { pairs, routePairs, askedTwice, firstSeen, lastSeen } = about;
  return (
    <dl className="figures">
      <div>
        <dt>Stands</dt>
        <dd>
          <Standing signature={about} />
        </dd>
        <dd className="muted">{statuses(samples)}</dd>
      </div>
      <div>
        <dt>Against the service</dt>
        <dd>{shareOf(pairs, routePairs)}</dd>
        <dd className="muted">
          {count(pairs)} of {counted(routePairs, 'pair')}
        </dd>
      </div>
      <div>
        <dt>Monolith with itself</dt>
        <dd>{shareOf(askedTwice.monolith, askedTwice.pairs)}</dd>
        <dd className="muted">
          {askedTwice.pairs === 0
            ? 'not asked twice yet'
            : `${count(askedTwice.monolith)} of ${count(askedTwice.pairs)} asked twice`}
        </dd>
      </div>
      <div>
        <dt>Seen</dt>
        <dd className="small">
          <Time at={lastSeen} seconds />
        </dd>
        <dd className="muted">
          first <Time at={firstSeen} />
        </dd>
      </div>
    </dl>
  );
}

/** `status 200 → 200, 404 → 200`: of the pairs that are shown. */
function statuses(pairs: readonly PairRow[]): string {
  const told = new Set(
    pairs.map(({ monolith, service }) => `${monolith?.status ?? 'none'} → ${service?.status ?? 'none'}`),
  );
  return told.size === 0 ? '' : `status ${[...told].join(', ')}`;
}
