import type { BoundSocket } from 'node:net';
import { bindPort } from './bind-port.ts';
import { WorkerProcess } from './worker-process.ts';

/** The port, and the first worker on its way up before anybody has something to tell it. */
export interface PreparedWorkers {
  readonly host: string;
  readonly socket: BoundSocket;
  readonly first: WorkerProcess;
}

/** Booting takes a worker longer than anything else at the start: it begins while the rest is being read. */
export async function prepareWorkers(host: string, port: number): Promise<PreparedWorkers> {
  const socket = await bindPort(host, port);
  return { host, socket, first: new WorkerProcess(socket) };
}
