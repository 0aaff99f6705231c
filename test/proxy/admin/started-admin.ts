import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startAdmin } from '../../../proxy/admin/start-admin.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

/** A started admin plane on a free port of 127.0.0.1, for as long as `use` runs. */
export async function withAdmin(
  use: (admin: { url: string; port: number; estate: InMemoryEstate }) => Promise<void>,
): Promise<void> {
  const estate = new InMemoryEstate();
  const admin = await startAdmin({ deps: estate.deps(), port: 0 });
  try {
    await use({ url: admin.url, port: Number(new URL(admin.url).port), estate });
  } finally {
    await admin.close();
  }
}

/** Sends bytes as they are, and reads until the server closes. */
export async function rawRequest(url: string, request: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(request);
  return text(socket);
}
