import { RawClient } from '../../support/raw-client.ts';

const PACE_MS = 5;
/** After as many requests a canary goes to a new connection. */
const REQUESTS_EACH = 50;

/** Well-behaved clients beside the others: each of their requests must get its own answer. */
export class Canaries {
  readonly problems: string[] = [];
  asked = 0;
  readonly #port: number;
  readonly #flights: Promise<void>[];
  #isOver = false;

  constructor(port: number, count: number) {
    this.#port = port;
    this.#flights = Array.from({ length: count }, (_, i) => this.#fly(i));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#flights);
  }

  async #fly(flight: number): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      using client = await RawClient.connect(this.#port);
      for (let i = 0; i < REQUESTS_EACH && !this.#isOver; i++) {
        const id = `${flight}-${round}-${i}`;
        const problem = await ask(client, id);
        this.asked++;
        if (problem) {
          this.problems.push(`canary ${id}: ${problem}`);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, PACE_MS));
      }
    }
  }
}

async function ask(client: RawClient, id: string): Promise<string | undefined> {
  const body = `canary ${id}`;
  try {
    const answer = await client.ask(
      `POST /canary/${id} HTTP/1.1\r\nHost: canary\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return answer.status === 200 && answer.text === body && client.unread.length === 0
      ? undefined
      : `${answer.startLine}: ${answer.text}${client.unread.toString('latin1')}`;
  } catch (error) {
    return String(error);
  }
}
