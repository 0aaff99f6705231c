import type { Hide } from './redact-text.ts';

/** Shorter ones hold no secret that a detector knows; longer ones are files, which no detector looks into. */
const minChars = 12;
const maxChars = 65_536;

// Each run is taken whole and looked at once. Base64 and base64url, with or without padding.
const base64Run = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,65536}={0,2}(?![A-Za-z0-9+/_=-])/g;
const percentRun = /(?<![\w.~%+-])[\w.~%+-]{5,65536}(?![\w.~%+-])/g;
const printableText = /^[\t\n\r\x20-\x7e\u00a0-\uffff]+$/;

/** Whether there is anything that one of the two would look into. */
export function mayBeEncoded(text: string): boolean {
  return text.includes('%') || (text.length >= minChars && /[A-Za-z0-9+/_-]{12}/.test(text));
}

/**
 * Hides what is a secret once it is decoded: percent-encoded, up to twice as in a URL within a URL, or base64.
 * The whole run goes, since half of an encoding tells the rest. `hasSecret` says it of decoded text.
 */
export function hideEncoded(text: string, hide: Hide, hasSecret: (text: string) => boolean): string {
  let hidden = text;
  if (hidden.includes('%')) {
    hidden = hidden.replace(percentRun, (run) =>
      run.includes('%') && percentDecoded(run).some(hasSecret) ? hide(run) : run,
    );
  }
  return hidden.replace(base64Run, (run) => {
    const decoded = base64Decoded(run);
    return decoded !== undefined && hasSecret(decoded) ? hide(run) : run;
  });
}

function percentDecoded(run: string): string[] {
  const decoded: string[] = [];
  let text = run.replaceAll('+', ' ');
  for (let times = 0; times < 2 && text.includes('%'); times++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
    decoded.push(text);
  }
  return decoded;
}

/** Undefined for what is no text; random bytes hardly ever are. */
function base64Decoded(run: string): string | undefined {
  if (run.length > maxChars || !/[A-Z]/.test(run) || !/[a-z]/.test(run)) return undefined;
  const text = Buffer.from(run, 'base64').toString('utf8');
  return printableText.test(text) ? text : undefined;
}
