import { useQuery } from '@tanstack/react-query';
import type { ConfigReport } from '../../../proxy/admin/api-types.ts';
import { reloads } from '../api/move-queries.ts';
import { config } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { Time } from '../parts/time.tsx';

/** The routes.yaml in force, why a newer one is refused, and what became of it lately. */
export function ConfigCard() {
  const query = useQuery(config);
  return (
    <section className="card" aria-labelledby="config-title">
      <h2 id="config-title">Routes in force</h2>
      <Loaded query={query}>
        {({ file, hash, loadedAt, refusals }) => (
          <>
            <dl className="facts">
              <dt>File</dt>
              <dd>
                <code>{visible(file)}</code>
              </dd>
              <dt>Version</dt>
              <dd>
                <code>{visible(hash)}</code>
              </dd>
              <dt>Since</dt>
              <dd>
                <Time at={loadedAt} seconds />
              </dd>
            </dl>
            {refusals.length > 0 && (
              <Notice tone="bad" title="The file as it is now was refused; the one above stays in force">
                <ul className="problems">
                  {refusals.map((refusal) => (
                    <Refusal key={refusal.text} refusal={refusal} />
                  ))}
                </ul>
              </Notice>
            )}
          </>
        )}
      </Loaded>
      <Reloads />
    </section>
  );
}

/** `file:line:column`, what is wrong, and the lines. */
function Refusal({ refusal: { text, line, column, lines } }: { refusal: ConfigReport['refusals'][number] }) {
  return (
    <li>
      <code>{visible(text)}</code>
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className="excerpt" tabIndex={0}>
          {lines.map((one) => (
            <span key={one.line} className={one.line === line ? 'here' : ''}>
              <span className="muted">{String(one.line).padStart(4)} </span>
              {visible(one.text)}
              {'\n'}
              {one.line === line && <strong>{`${' '.repeat(4 + column)}^\n`}</strong>}
            </span>
          ))}
        </pre>
      )}
    </li>
  );
}

function Reloads() {
  const applied = useQuery(reloads('config')).data?.entries ?? [];
  const refused = useQuery(reloads('config-refused')).data?.entries ?? [];
  const all = [...applied, ...refused].sort((a, b) => b.seq - a.seq).slice(0, 10);
  if (all.length === 0) return null;
  return (
    <details>
      <summary>Changes lately ({all.length})</summary>
      <ul className="plain">
        {all.map(({ seq, at, action, reason }) => (
          <li key={seq}>
            <Badge tone={action === 'config' ? 'good' : 'bad'}>
              {action === 'config' ? 'in force' : 'refused'}
            </Badge>{' '}
            <Time at={at} /> <span className="muted">{visible(reason)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
