import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ContractReport } from '../../../proxy/admin/api-types.ts';
import { contracts } from '../api/move-queries.ts';
import { gate, migrations } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { DescriptionCard } from './description-card.tsx';
import { PactsCard } from './pacts-card.tsx';
import { UsesCard } from './uses-card.tsx';
import { VerifyButton } from './verify-button.tsx';

const route = getRouteApi('/contracts');

/** What consumers were promised, what came of holding builds to it, and what clients ask for that nobody promised. */
export function ContractsPage() {
  const { migration } = route.useSearch();
  const query = useQuery(migrations);
  return (
    <Loaded query={query}>
      {({ migrations: all }) => {
        const id = all.find((one) => one.id === migration)?.id ?? all[0]?.id;
        if (id === undefined)
          return (
            <>
              <Heading title="Contracts" />
              <p className="empty">
                No migration is defined yet. <Link to="/">What to do first</Link>
              </p>
            </>
          );
        return <Contracts id={id} ids={all.map((one) => one.id)} />;
      }}
    </Loaded>
  );
}

function Contracts({ id, ids }: { id: string; ids: readonly string[] }) {
  const navigate = route.useNavigate();
  const query = useQuery(contracts(id));
  const gateQuery = useQuery(gate(id));
  return (
    <>
      <Heading title="Contracts" aside={<VerifyButton key={id} id={id} pacts={query.data?.pacts} />}>
        <p className="muted">
          What clients rely on, and whether both sides keep to it.{' '}
          <Link to="/migrations/$migration" params={{ migration: id }}>
            {visible(id)}
          </Link>
        </p>
      </Heading>
      <search className="filters">
        <label>
          <span className="hidden">Migration</span>
          <select
            value={id}
            onChange={({ target }) => void navigate({ search: { migration: target.value }, replace: true })}
          >
            {ids.map((one) => (
              <option key={one} value={one}>
                {visible(one)}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Loaded query={query}>
        {(report) => (
          <>
            <Problems report={report} />
            <PactsCard report={report} />
            <UsesCard key={id} id={id} report={report} />
            <Loaded query={gateQuery}>{(answer) => <DescriptionCard answer={answer} />}</Loaded>
          </>
        )}
      </Loaded>
    </>
  );
}

function Problems({ report: { problems } }: { report: ContractReport }) {
  if (problems.length === 0) return null;
  return (
    <Notice tone="warn" title="Not every pact could be read">
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{visible(problem)}</li>
        ))}
      </ul>
    </Notice>
  );
}
