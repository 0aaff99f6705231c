import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { Redactable } from './redactable.tsx';

/** The values of the newest pair. */
export function Sample({ of: { monolith, service } }: { of: Pick<ListedSignature, 'monolith' | 'service'> }) {
  return (
    <span className="sample">
      <Value text={monolith} />
      <span aria-hidden="true" className="muted">
        →
      </span>
      <span className="hidden">becomes</span>
      <Value text={service} />
    </span>
  );
}

function Value({ text }: { text: string | undefined }) {
  if (text === undefined) return <span className="muted">nothing</span>;
  return (
    <code>
      <Redactable text={text} />
    </code>
  );
}
