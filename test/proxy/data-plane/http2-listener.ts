import { randomBytes } from 'node:crypto';
import type { ListenerAddress } from '../../../proxy/data-plane/listener.ts';
import { localServer } from '../../support/test-certificates.ts';

/** A listener that offers HTTP/2. */
export const http2Address: Partial<ListenerAddress> = {
  http2: true,
  tls: { ...localServer, minVersion: 'TLSv1.2', ticketKeys: randomBytes(48) },
};
