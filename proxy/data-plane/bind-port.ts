import { lookup } from 'node:dns/promises';
import { BoundSocket, isIP } from 'node:net';

/** Takes the port without listening on it; throws what to do when it can't be had. */
export async function bindPort(host: string, port: number): Promise<BoundSocket> {
  try {
    const address = isIP(host) === 0 ? (await lookup(host)).address : host;
    return new BoundSocket({ host: address, port });
  } catch (error) {
    throw new Error(whyNotListening(error, host, port), { cause: error });
  }
}

export function whyNotListening(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `port ${port} of ${host} is taken: stop who listens there, or choose another with --port`;
  if (code === 'EACCES')
    return `port ${port} of ${host} may not be used by this user: choose one from 1024 up with --port`;
  return `the proxy can't listen on ${host}, port ${port}: ${message}`;
}
