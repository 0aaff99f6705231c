import { useState } from 'react';
import type { ListedSignature, PairRow } from '../../../proxy/admin/api-types.ts';
import { suggestRules } from './rule-lines.ts';

/** What to write into routes.yaml so that it counts as agreement. */
export function RuleCard({
  about,
  differences,
}: {
  about: ListedSignature;
  differences: PairRow['differences'];
}) {
  return (
    <section className="card" aria-labelledby="rule-title">
      <h2 id="rule-title">Make it a rule</h2>
      <p className="muted">
        A rule holds for every build and never expires. Lines for routes.yaml; changing rules starts the
        evidence anew.
      </p>
      {suggestRules(about, differences).map(({ text, lines }) => (
        <div key={lines} className="rule-lines">
          <p>{text}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{lines}</pre>
          <CopyButton text={lines} />
        </div>
      ))}
    </section>
  );
}

function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => setSaid('Copied'))
      // Browsers give pages without TLS no clipboard, but for this machine's own.
      .catch(() => setSaid('Not allowed here: select the lines'));
  return (
    <span className="buttons">
      <button type="button" onClick={copy}>
        Copy
      </button>
      <span role="status" className="muted">
        {said}
      </span>
    </span>
  );
}
