/** What was asked for can't be done; nothing was sent. */
export class ReplayError extends Error {}
