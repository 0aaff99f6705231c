import { type ReactNode, useId } from 'react';

interface GuardedButtonProps {
  /** Why it can't be pressed, in a sentence; undefined when it can. */
  readonly whyNot: string | undefined;
  readonly className?: string | undefined;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/**
 * A button that says why it is disabled. It stays in the order of the keyboard: what can't be reached can't be asked
 * why (WAI-ARIA, "focusability of disabled controls").
 */
export function GuardedButton({ whyNot, className, onClick, children }: GuardedButtonProps) {
  const id = useId();
  if (whyNot === undefined)
    return (
      <button type="button" className={className} onClick={onClick}>
        {children}
      </button>
    );
  return (
    <span className="guarded" title={whyNot}>
      <button
        type="button"
        className={className}
        aria-disabled="true"
        aria-describedby={id}
        onClick={() => undefined}
      >
        {children}
      </button>
      <span id={id} className="hidden">
        {whyNot}
      </span>
    </span>
  );
}
