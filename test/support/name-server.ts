import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** What the stub says of a name: addresses, that there is none, that it can't say, or nothing at all. */
export type NameAnswer = readonly string[] | 'unknown' | 'broken' | 'silent';

/** A name server on a free UDP port (RFC 1035) that says what the test wants, and counts questions for A. */
export class StubNameServer {
  readonly #socket: Socket;
  answer: NameAnswer;
  ttlSeconds: number;
  asked = 0;

  private constructor(socket: Socket, answer: NameAnswer, ttlSeconds: number) {
    this.#socket = socket;
    this.answer = answer;
    this.ttlSeconds = ttlSeconds;
    socket.on('message', (question, { port, address }) => {
      const message = this.#answerTo(question);
      if (message) socket.send(message, port, address);
    });
  }

  static async start(answer: NameAnswer, ttlSeconds = 1): Promise<StubNameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new StubNameServer(socket, answer, ttlSeconds);
  }

  /** As an upstream names it. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  #answerTo(question: Buffer): Buffer | undefined {
    // One question: labels up to an empty one, then type and class.
    const end = question.indexOf(0, 12) + 5;
    const type = question.readUInt16BE(end - 4);
    if (type === TYPE_A) this.asked++;
    if (this.answer === 'silent') return undefined;
    const records = Array.isArray(this.answer) ? (this.answer as string[]).flatMap(this.#record(type)) : [];
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    const code = this.answer === 'unknown' ? 3 : this.answer === 'broken' ? 2 : 0;
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    return Buffer.concat([head, question.subarray(12, end), ...records]);
  }

  #record(type: number): (address: string) => Buffer[] {
    return (address) => {
      if ((type === TYPE_A) !== isIPv4(address) || (type !== TYPE_A && type !== TYPE_AAAA)) return [];
      const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : sixteenBytes(address);
      const record = Buffer.alloc(12);
      // The name is the one at offset 12.
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(this.ttlSeconds, 6);
      record.writeUInt16BE(data.length, 10);
      return [Buffer.concat([record, data])];
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function sixteenBytes(address: string): Buffer {
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const zeros = Array<string>(8 - groups(front).length - groups(back).length).fill('0');
  const all = address.includes('::') ? [...groups(front), ...zeros, ...groups(back)] : groups(front);
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
