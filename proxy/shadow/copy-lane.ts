import type { SubmittedJob } from './shadow-job.ts';

/** Copies to one upstream: those under way, and those that wait. */
export class CopyLane {
  readonly #waiting: SubmittedJob[] = [];
  inFlight = 0;
  /** Of those that wait. */
  bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.#waiting.length === 0;
  }

  add(job: SubmittedJob): void {
    this.#waiting.push(job);
    this.bytes += job.capture.bytes;
  }

  /** The oldest. */
  take(): SubmittedJob | undefined {
    const job = this.#waiting.shift();
    if (job) this.bytes -= job.capture.bytes;
    return job;
  }
}
