import { useQuery } from '@tanstack/react-query';
import { contractDraft } from '../api/move-queries.ts';
import { visible } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Loaded } from '../parts/loaded.tsx';

/** A pact made of a redacted pair: to copy, and to be gone over. */
export function DraftBox({ id, use }: { id: string; use: string }) {
  const query = useQuery(contractDraft(id, use));
  return (
    <Loaded query={query}>
      {({ pact, states, notes }) => {
        const text = JSON.stringify(pact, null, 2);
        return (
          <div className="stack">
            {notes.length > 0 && (
              <ul>
                {notes.map((note) => (
                  <li key={note}>{visible(note)}</li>
                ))}
              </ul>
            )}
            <Copied title="The pact" text={text} />
            <Copied title="What it wants in the states file" text={states} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Copied({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <div className="section-head">
        <h3>{title}</h3>
        <CopyButton text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{visible(text, true)}</pre>
    </div>
  );
}
