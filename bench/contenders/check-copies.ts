import { setTimeout as delay } from 'node:timers/promises';
import { migratedPath } from '../routes.ts';
import { sendRequest } from '../send-request.ts';
import { copyCheck, type Upstreams } from '../upstreams.ts';

const requests = 20;

/** Throws unless each of some requests reaches the service as a copy. */
export async function checkCopies(name: string, port: number, upstreams: Upstreams): Promise<void> {
  const before = upstreams.copies();
  const path = `${migratedPath}/${copyCheck}`;
  for (let i = 0; i < requests; i++) await sendRequest(port, { method: 'GET', path, headers: {} });
  const until = performance.now() + 5000;
  while (upstreams.copies() - before < requests && performance.now() < until) await delay(50);
  const copies = upstreams.copies() - before;
  if (copies !== requests) throw new Error(`${name}: ${copies} copies of ${requests} requests arrived`);
}
