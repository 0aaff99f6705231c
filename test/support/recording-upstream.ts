import type { RawMessage } from './raw-message.ts';
import { type Script, ScriptedUpstream } from './scripted-upstream.ts';

export const OK_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** An upstream that keeps every request it gets and gives each the same answer, or the one made for it. */
export class RecordingUpstream {
  readonly requests: RawMessage[] = [];
  readonly #upstream: ScriptedUpstream;

  private constructor(upstream: ScriptedUpstream) {
    this.#upstream = upstream;
  }

  static async start(
    answer: string | ((request: RawMessage) => string | Buffer) = OK_ANSWER,
    host = '127.0.0.1',
  ): Promise<RecordingUpstream> {
    const script: Script = async (connection) => {
      for (;;) {
        const request = await connection.request().catch(() => undefined);
        if (!request) return;
        recording.requests.push(request);
        connection.send(typeof answer === 'string' ? answer : answer(request));
      }
    };
    const recording = new RecordingUpstream(await ScriptedUpstream.start(script, host));
    return recording;
  }

  get port(): number {
    return this.#upstream.port;
  }

  /** Connections made so far. */
  get connectionCount(): number {
    return this.#upstream.connections.length;
  }

  /** Bytes that came and make no whole request: none, unless something was smuggled or cut. */
  get leftOver(): string {
    return this.#upstream.connections.map(({ unread }) => unread.toString('latin1')).join('');
  }

  /** The only request so far. */
  get request(): RawMessage {
    if (this.requests.length !== 1) throw new Error(`${this.requests.length} requests came, not one`);
    return this.requests[0]!;
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
