import net from 'node:net';
import type { Upstream } from '../routing/model.ts';
import { UpstreamNames } from './upstream-names.ts';

/** An upstream that is gone without a word is noticed by then, also at the other end of a tunnel. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** One memory of names for the whole process: pools and tunnels ask for the same ones. */
const processNames = new UpstreamNames();

/** Where connections to an upstream lead if they are opened now; undefined where it has no name, or that is not known. */
export function currentAddresses(upstream: Upstream): readonly string[] | undefined {
  return upstream.protocol === 'unix:' ? undefined : processNames.current(upstream);
}

/** As much as one read of a plain socket brings, and so what a client that stops reading makes us hold. */
export const READ_BYTES = 32_768;

/** What every plain socket reads into; it is only lent: whoever keeps what was read copies it. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Opens a socket to an upstream, plain, TLS or unix, and hands what it reads to `onData`. A buffer for each read
 * would cost a plain connection more than all that is done with what is in it.
 */
export function connectAndRead(upstream: Upstream, onData: (chunk: Buffer) => void): net.Socket {
  if (upstream.protocol === 'https:') return connectTo(upstream).on('data', onData);
  return connectTo(upstream, processNames, {
    buffer: readBuffer,
    callback(bytes) {
      onData(readBuffer.subarray(0, bytes));
      return true;
    },
  });
}

/** Opens a socket to an upstream, plain, TLS or unix. */
export function connectTo(
  upstream: Upstream,
  names: UpstreamNames = processNames,
  onread?: net.OnReadOpts,
): net.Socket {
  const reading = onread && { onread };
  if (upstream.protocol === 'unix:') return net.connect({ path: upstream.socketPath, ...reading });
  const { hostname: host, port } = upstream;
  const address = { host, port, lookup: names.lookupFor(upstream), autoSelectFamily: true };
  if (upstream.protocol === 'http:') return configured(net.connect({ ...address, ...reading }));
  const servername = net.isIP(host) === 0 ? host : '';
  // Without `session` every handshake is a whole one: none is resumed under another identity.
  // Loaded by those alone who need it.
  const tls = process.getBuiltinModule('node:tls');
  return configured(tls.connect({ ...address, servername, ALPNProtocols: ['http/1.1'], ...upstream.tls }));
}

/** By methods: `tls.connect` takes no such options. */
function configured(socket: net.Socket): net.Socket {
  return socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
}
