import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { gate, migration } from '../api/queries.ts';
import { MigrationProgress } from '../charts/migration-progress.tsx';
import { count, percent, ratio, visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { PhaseTrack } from '../parts/phase-track.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { Time } from '../parts/time.tsx';
import { GateCard } from './gate-card.tsx';
import { MoveButtons } from './move-buttons.tsx';
import { RampCard } from './ramp-card.tsx';
import { RoutesCard } from './routes-card.tsx';
import { SidesCard } from './sides-card.tsx';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/migrations/$migration');

export function MigrationPage() {
  const { migration: id } = route.useParams();
  const query = useQuery(migration(id));
  const gateQuery = useQuery(gate(id));
  return (
    <>
      <Heading
        title={visible(id)}
        // Also before anything was read, and when nothing can be: roll back must be there.
        aside={<MoveButtons id={id} status={query.data} gate={gateQuery.data} />}
      >
        <p className="muted" data-page-migration={id}>
          <Link to="/">Overview</Link> / {query.data && <Subtitle status={query.data} />}
        </p>
      </Heading>
      <Loaded query={query}>
        {(status) => (
          <>
            <StandingNotices status={status} />
            <PhaseTrack phase={status.phase} share={status.share.effective} wide />
            <Figures status={status} />
            <MigrationProgress id={id} />
            <div className="columns">
              <Loaded query={gateQuery}>
                {(answer) => <GateCard answer={answer} holds={beyondRamp(status)} />}
              </Loaded>
              <div className="stack">
                {status.ramp && <RampCard ramp={status.ramp} />}
                <SidesCard status={status} />
                <Timeline id={id} />
              </div>
            </div>
            <RoutesCard id={id} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** What the card of the ramp does not say already. */
function beyondRamp({ holds, ramp }: MigrationStatus): readonly string[] {
  return ramp ? holds.filter((hold) => !ramp.waitsFor.includes(hold)) : holds;
}

function Subtitle({ status: { service, owner, phase, since } }: { status: MigrationStatus }) {
  return (
    <>
      service {visible(service)}
      {owner !== undefined && `, of ${visible(owner)}`}, in {phase} since <Time at={since} />
    </>
  );
}

/** What is not as usual: the guard, an override, what is to be looked at. */
function StandingNotices({ status }: { status: MigrationStatus }) {
  const { latch, override, pause, warnings = [] } = status;
  return (
    <>
      {latch && (
        <Notice tone="bad" title="The guard took it back">
          <Time at={latch.at} />: <Sentence text={latch.reason} /> Nothing goes to the service until somebody
          clears that.
        </Notice>
      )}
      {override && (
        <Notice tone="bad" title={`Override: ${percent(override.share)} is allowed whatever the gate says`}>
          Until <Time at={override.until} />, by {visible(override.actor)}: {visible(override.reason)}
        </Notice>
      )}
      {pause && (
        <Notice tone="warn" title="Paused">
          Since <Time at={pause.since} />, by {visible(pause.by)}: {visible(pause.reason)}
        </Notice>
      )}
      {warnings
        .filter((text) => !(override && text.startsWith('OVERRIDE')))
        .map((warning) => (
          <Notice key={warning} tone="warn">
            <Sentence text={warning} />
          </Notice>
        ))}
    </>
  );
}

function Figures({ status: { id, share, shadowShare, pairs, lastDrill } }: { status: MigrationStatus }) {
  return (
    <dl className="figures">
      <div>
        <dt>Answered by the service</dt>
        <dd>{percent(share.effective)}</dd>
        <dd className="muted">
          asked {percent(share.asked)}, allowed {percent(share.allowed)}
        </dd>
        <dd>
          <ShareBar share={share} />
        </dd>
      </div>
      <div>
        <dt>Copied to the other side</dt>
        <dd>{percent(shadowShare)}</dd>
        <dd className="muted">of the requests that may be copied</dd>
      </div>
      <div>
        <dt>Agreement</dt>
        <dd>{pairs.agreementAtLeast === undefined ? '–' : `≥ ${ratio(pairs.agreementAtLeast)}`}</dd>
        <dd className="muted">
          {count(pairs.agreed)} agree, {count(pairs.differed)} differ, {count(pairs.incomparable)} not
          comparable
        </dd>
      </div>
      <div>
        <dt>Look at</dt>
        <dd className="small">
          <Link to="/differences" search={{ migration: id }}>
            Differences
          </Link>{' '}
          ·{' '}
          <Link to="/contracts" search={{ migration: id }}>
            Contracts
          </Link>
        </dd>
        <dd className="muted">
          {lastDrill
            ? `way back drilled: ${count(lastDrill.wayBackMs)} ms, ${count(lastDrill.failed)} of ${count(lastDrill.requests)} failed`
            : 'the way back was not drilled yet'}
        </dd>
      </div>
    </dl>
  );
}
