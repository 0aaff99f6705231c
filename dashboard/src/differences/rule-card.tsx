import { useState } from 'react';
import type { ListedSignature, PairRow } from '../../../proxy/admin/api-types.ts';
import { visible } from '../format.ts';
import { Sentence } from '../parts/sentence.tsx';
import { type RuleScope, suggestRules, whereText } from './rule-lines.ts';

const scopes: readonly { readonly scope: RuleScope; readonly text: string }[] = [
  { scope: 'route', text: 'this route' },
  { scope: 'migration', text: 'the whole migration' },
];

/** What to write into routes.yaml so that it counts as agreement, and where. */
export function RuleCard({ about, pairs }: { about: ListedSignature; pairs: readonly PairRow[] }) {
  const [scope, setScope] = useState<RuleScope>('route');
  const rules = suggestRules(about, pairs, scope);
  return (
    <section className="card" aria-labelledby="rule-title">
      <h2 id="rule-title">Make it a rule</h2>
      <p className="muted">
        A rule holds for every build and never expires. Changing rules starts the evidence of the migration
        anew.
      </p>
      {rules.length === 0 ? (
        <p>No rule can name this place.</p>
      ) : (
        <>
          <fieldset className="scopes">
            <legend>It holds for</legend>
            {scopes.map(({ scope: one, text }) => (
              <label key={one} className="check">
                <input
                  type="radio"
                  name="rule-scope"
                  checked={scope === one}
                  onChange={() => setScope(one)}
                />
                {text}
              </label>
            ))}
          </fieldset>
          {rules.map(({ text, lines, list }) => (
            <div key={lines} className="rule-lines">
              <p>{visible(text)}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <pre tabIndex={0}>{lines}</pre>
              <CopyButton text={lines} what={list} />
            </div>
          ))}
          <p className="muted small">
            Put it into routes.yaml <Sentence text={whereText(about, scope)} />. Where the list is there
            already, add the entry to it. <code>ficus check</code> says whether the file is right,{' '}
            <code>ficus check --rules {visible(about.migration)}</code> what the rule would hide besides.
          </p>
        </>
      )}
    </section>
  );
}

function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('');
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => setSaid('Copied'))
      // Browsers give pages without TLS no clipboard, but for this machine's own.
      .catch(() => setSaid('Not allowed here: select the lines'));
  return (
    <span className="buttons">
      <button type="button" onClick={copy} aria-label={`Copy the lines with ${what}`}>
        Copy
      </button>
      <span role="status" className="muted">
        {said}
      </span>
    </span>
  );
}
