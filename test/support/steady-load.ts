import { Agent, request } from 'node:http';

export interface LoadOptions {
  readonly port: number;
  readonly requestsPerSecond: number;
  readonly path?: string;
  readonly headers?: (index: number) => Record<string, string>;
  /** Called with what came back; throws what is wrong with it. */
  readonly check?: (index: number, body: string) => void;
}

const TICK_MS = 10;
const TIMEOUT_MS = 15_000;

/**
 * Requests at a fixed rate over keep-alive connections, whatever becomes of those before them. Each must be
 * answered with 200; why others were not is kept.
 */
export class SteadyLoad {
  readonly #options: LoadOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 100 });
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  readonly #idle: (() => void)[] = [];
  #underWay = 0;
  sent = 0;
  answered = 0;
  slowestMs = 0;
  readonly failed: string[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sendDue(), TICK_MS);
  }

  /** Sends no more, and resolves when all have their outcome. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#agent.destroy();
  }

  #sendDue(): void {
    const due = ((performance.now() - this.#startedAt) / 1000) * this.#options.requestsPerSecond;
    // A sender that was held up does not make up for it in one burst.
    const burst = Math.max(1, (this.#options.requestsPerSecond * TICK_MS * 4) / 1000);
    for (let count = 0; this.sent < due && count < burst; count++) this.#send(this.sent++);
  }

  #send(index: number): void {
    const { port, path = '/', headers, check } = this.#options;
    const startedAt = performance.now();
    this.#underWay++;
    let isOver = false;
    const over = (problem?: string): void => {
      if (isOver) return;
      isOver = true;
      this.#underWay--;
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
      if (problem === undefined) this.answered++;
      else this.failed.push(`${Math.round(startedAt - this.#startedAt)} ms: ${problem}`);
      if (this.#underWay === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      agent: this.#agent,
      timeout: TIMEOUT_MS,
      headers: headers?.(index) ?? {},
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error: NodeJS.ErrnoException) => over(error.code ?? error.message));
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text: string) => {
        body += text;
      });
      response.on('error', (error) => over(`answer broken: ${error.message}`));
      response.on('end', () => {
        if (response.statusCode !== 200) return over(`${response.statusCode} ${body.slice(0, 200)}`);
        try {
          check?.(index, body);
          over();
        } catch (error) {
          over(String(error));
        }
      });
    });
    asked.end();
  }
}
