import { useQuery } from '@tanstack/react-query';
import { config } from '../api/queries.ts';
import { visible } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';

/** An installation that has no migration yet: what is there, and what to do next. */
export function FirstSteps() {
  const file = useQuery(config).data?.file ?? 'routes.yaml';
  return (
    <div className="card first">
      <h2>Everything goes to the monolith</h2>
      <p>
        Ficus stands in front of it already; no migration is defined yet, so nothing is looked at and nothing
        moves.
      </p>
      <ol>
        <li>
          Let it write a first file from what the monolith serves, by its OpenAPI document, an access log or a
          HAR file of a browser:
          <Command text="./bin/ficus init --from openapi.yaml --out first-routes.yaml" />
        </li>
        <li>
          Or write a migration by hand into <code>{visible(file)}</code>. It is read again when it is saved,
          without a restart; a mistake in it is refused whole, and what was in force stays.
          <Command text={example} />
        </li>
        <li>
          Look whether it is sound:
          <Command text={`./bin/ficus check --config ${visible(file)}`} />
        </li>
        <li>
          Then this page lists a row for each migration, and the first step is to copy some requests to the
          service and to compare the answers. Clients notice nothing:
          <Command text="./bin/ficus shadow billing --share 10%" />
        </li>
      </ol>
      <p className="muted">
        To see all of it on a demo estate first: <code>npm start</code>, or <code>npm run tour</code>.
      </p>
    </div>
  );
}

const example = `upstreams:
  monolith: { url: http://127.0.0.1:9000 }
  billing: { url: http://127.0.0.1:9001 }
default: monolith
migrations:
  billing:
    service: billing
    stickBy: [header:x-user-id, cookie:sid]
    routes: [GET /api/invoices, 'GET /api/invoices/{invoiceId}']
`;

function Command({ text }: { text: string }) {
  return (
    <div className="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}
