/** A file that is no recording at all; the message says what, where and what to do. */
export class RecordingError extends Error {}
