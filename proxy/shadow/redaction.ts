/** What stands for a value that must not be kept: `‹redacted:8hex›`, the same for the same value under one key. */
export function redactionOf(hash: string): string {
  return `‹redacted:${hash.slice(0, 8)}›`;
}

const redaction = /‹redacted:[0-9a-f]{8}›/;

/** Whether some of it is hidden: it can't be sent as it is. */
export function hasRedaction(text: string): boolean {
  return redaction.test(text);
}
