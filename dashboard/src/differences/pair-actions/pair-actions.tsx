import { useState } from 'react';
import type { PairRow } from '../../../../proxy/admin/api-types.ts';
import { counted, visible } from '../../format.ts';
import { curlCommand } from './curl.ts';
import { answerText, requestText } from './raw-text.ts';
import { useReveal } from './reveal.tsx';

/** What can be taken from a pair: its request as a command, its texts, its trace; and what rules hid in it. */
export function PairActions({ pair }: { pair: PairRow }) {
  const { values, marks, ask, hide } = useReveal();
  const [copied, setCopied] = useState<Copied>();
  const { traceId, traceUrl } = pair.links ?? {};
  const copy = (name: string, text: string) =>
    navigator.clipboard
      .writeText(text)
      .then(() => setCopied({ said: `Copied: ${name}` }))
      // Browsers give pages without TLS no clipboard, but for this machine's own.
      .catch(() => setCopied({ said: 'The browser does not let this page copy: select it here.', text }));
  return (
    <div className="pair-actions">
      <div className="buttons">
        <span className="muted">Copy</span>
        {textsOf(pair).map(([name, text]) => (
          <button key={name} type="button" className="small" onClick={() => void copy(name, text)}>
            {name}
          </button>
        ))}
      </div>
      <div className="buttons">
        {traceId !== undefined && <Trace id={traceId} url={traceUrl} />}
        {marks.length > 0 && values.size === 0 && (
          <button type="button" className="small" onClick={() => ask(marks)}>
            Reveal {counted(marks.length, 'hidden value')} …
          </button>
        )}
        {values.size > 0 && (
          <button type="button" className="small" onClick={hide}>
            Hide again
          </button>
        )}
      </div>
      <p role="status" className="muted small">
        {copied?.said}
      </p>
      {copied?.text !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>{visible(copied.text, true)}</pre>
      )}
    </div>
  );
}

interface Copied {
  readonly said: string;
  /** Where it could not be copied. */
  readonly text?: string;
}

function textsOf({ request, monolith, service, links }: PairRow): [name: string, text: string][] {
  return [
    ...(request && links?.monolith ? [['curl to the monolith', curlCommand(request, links.monolith)]] : []),
    ...(request && links?.service ? [['curl to the service', curlCommand(request, links.service)]] : []),
    ...(request ? [['request', requestText(request)]] : []),
    ...(monolith ? [['monolith’s answer', answerText(monolith)]] : []),
    ...(service ? [['service’s answer', answerText(service)]] : []),
  ] as [string, string][];
}

function Trace({ id, url }: { id: string; url: string | undefined }) {
  return (
    <span className="muted">
      Trace{' '}
      {url === undefined ? (
        <code>{id}</code>
      ) : (
        <a href={url} target="_blank" rel="noreferrer">
          <code>{id}</code>
        </a>
      )}
    </span>
  );
}
