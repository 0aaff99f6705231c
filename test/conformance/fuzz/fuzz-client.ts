import { connect, type Socket } from 'node:net';
import type { Scenario } from './scenario.ts';

/** How long the proxy may wait for more until we go; what is whole has been answered long before. */
const SILENCE_MS = 60;

/** What a client saw of its connection. */
export interface Seen {
  /** Final answers, with the number that the upstream gave the request, when it was the upstream's answer. */
  readonly answers: readonly { readonly status: number; readonly serial: number | undefined }[];
  /** The client went because nothing came any more. */
  readonly gaveUp: boolean;
  /** Something that is no answer. */
  readonly nonsense: string | undefined;
}

/** Sends a scenario, reads answers, and goes once the connection is closed or falls silent. */
export function play(scenario: Scenario, port: number): Promise<Seen> {
  return new Promise((resolve) => {
    const { bytes, cuts, address } = scenario;
    const socket = connect({ port, host: '127.0.0.1', localAddress: address, noDelay: true });
    const reader = new AnswerReader();
    // What is not mutated must be answered in any case, however busy the machine is.
    const patienceMs = scenario.isMutated ? SILENCE_MS : 20_000;
    let silence: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      reader.gaveUp = true;
      socket.destroy();
    };
    socket.once('connect', () => {
      silence = setTimeout(giveUp, patienceMs);
      sendInPieces(socket, bytes, cuts);
    });
    socket.on('data', (chunk: Buffer) => {
      silence?.refresh();
      reader.read(chunk);
      if (reader.nonsense !== undefined) socket.destroy();
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(silence);
      resolve(reader);
    });
  });
}

function sendInPieces(socket: Socket, bytes: Buffer, cuts: readonly number[]): void {
  const ends = [...cuts, bytes.length];
  const send = (from: number): void => {
    const end = ends.shift();
    if (end === undefined || socket.destroyed) return;
    socket.write(bytes.subarray(from, end));
    setImmediate(send, end);
  };
  send(0);
}

class AnswerReader implements Seen {
  readonly answers: { status: number; serial: number | undefined }[] = [];
  gaveUp = false;
  nonsense: string | undefined;
  #text = '';

  read(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
    for (;;) {
      const headEnd = this.#text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = this.#text.slice(0, headEnd + 2);
      const status = /^HTTP\/1\.1 ([1-5]\d\d) [^\r\n]*\r\n/.exec(head)?.[1];
      if (status === undefined) {
        this.nonsense = this.#text.slice(0, 300);
        return;
      }
      const length = Number(/\r\nContent-Length: (\d+)\r\n/i.exec(head)?.[1] ?? 0);
      const rest = this.#text.slice(headEnd + 4);
      // An answer to HEAD says a length that it does not have; our own bodies begin with a brace.
      const hasBody = length > 0 && (rest === '' || rest.startsWith('{'));
      if (hasBody && rest.length < length) return;
      this.#text = hasBody ? rest.slice(length) : rest;
      const serial = /\r\nX-Serial: (\d+)\r\n/.exec(head)?.[1];
      if (Number(status) >= 200)
        this.answers.push({
          status: Number(status),
          serial: serial === undefined ? undefined : Number(serial),
        });
    }
  }
}
