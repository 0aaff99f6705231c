import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { type Certificate, type CertificateFiles, readCertificate } from './read-certificate.ts';
import { type WatchTiming, watchFiles } from './watch-files.ts';

export interface WatchCertificateOptions extends WatchTiming {
  readonly files: CertificateFiles;
  /** A certificate that differs from the one before it; not called for the first one. */
  readonly onCertificate: (certificate: Certificate) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface CertificateWatcher {
  /** The last good one. */
  current(): Certificate;
  /** Why the files as they are now are not served; undefined when they are. */
  problem(): string | undefined;
  close(): void;
}

/** Two files are rarely replaced at once, and nobody waits for a certificate. */
const SETTLE_MS = 250;
const MAX_SETTLE_MS = 2000;
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Reads a certificate, and again whenever its files change. Rejects with a sentence when the first one can't be
 * served; later, a bad one leaves the one before it in force, and so does an expired one that would replace a
 * valid one.
 */
export async function watchCertificate(options: WatchCertificateOptions): Promise<CertificateWatcher> {
  const { files, clock, log } = options;
  let current = await readFirst(files);
  let problem: string | undefined;
  let started = false;
  let closed = false;
  warnOfDates(current, clock.now(), log);

  function refuse(why: string): void {
    if (why === problem) return;
    problem = why;
    log.error({ problem }, 'certificate refused, the last good one stays');
  }

  async function load(): Promise<void> {
    const next = await readCertificate(files);
    if (closed) return;
    if ('problem' in next) {
      refuse(next.problem);
    } else if (next.notAfter <= clock.now() && current.notAfter > clock.now()) {
      refuse('the new certificate has expired, the one before it has not');
    } else {
      problem = undefined;
      if (next.cert === current.cert && next.key === current.key) return;
      current = next;
      log.info({ notAfter: new Date(next.notAfter).toISOString() }, 'certificate applied');
      warnOfDates(next, clock.now(), log);
      if (started) options.onCertificate(next);
    }
  }

  const watcher = watchFiles({
    settleMs: SETTLE_MS,
    maxSettleMs: MAX_SETTLE_MS,
    ...options,
    files: [resolve(files.certFile), resolve(files.keyFile)],
    load: () =>
      load().catch((error: unknown) => log.error({ err: error }, 'certificate could not be loaded')),
  });
  // Changed between the first reading and the watching of it.
  await watcher.reload();
  started = true;
  return {
    current: () => current,
    problem: () => problem,
    close() {
      closed = true;
      watcher.close();
    },
  };
}

async function readFirst(files: CertificateFiles): Promise<Certificate> {
  const first = await readCertificate(files);
  if ('problem' in first) throw new Error(`the certificate is refused: ${first.problem}`);
  return first;
}

function warnOfDates({ notBefore, notAfter }: Certificate, now: number, log: Logger): void {
  const dates = { notBefore: new Date(notBefore).toISOString(), notAfter: new Date(notAfter).toISOString() };
  if (notAfter <= now) log.warn(dates, 'the certificate has expired');
  else if (notBefore > now) log.warn(dates, 'the certificate is not valid yet');
  else if (notAfter - now < SOON_MS) log.warn(dates, 'the certificate expires soon');
}
