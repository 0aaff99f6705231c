/**
 * Sends requests at a constant rate, whatever the answers do, and prints how long they took, counted from
 * when each was to be sent (as wrk2 does): who can't keep up makes later requests wait, and is charged for it.
 * Arguments: port, requests a second, seconds, connections, file with requests as JSON strings.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

const [port, rate, seconds, connections] = process.argv.slice(2, 6).map(Number) as [
  number,
  number,
  number,
  number,
];
const requests = (JSON.parse(readFileSync(process.argv[6]!, 'utf8')) as string[]).map((text) =>
  Buffer.from(text, 'latin1'),
);
/** Between looks at the clock, asleep: the upstream has the same core. */
const napMs = 0.05;
const drainMs = 5000;

interface Line {
  readonly socket: Socket;
  /** When the request under way was to be sent. */
  due: number;
  missing: number;
  head: string;
}

const total = Math.floor(rate * seconds);
const latenciesMs = new Float64Array(total);
const idle: Line[] = [];
const nap = new Int32Array(new SharedArrayBuffer(4));
let sent = 0;
let answered = 0;
let errors = 0;
let start = 0;

await Promise.all(Array.from({ length: connections }, open));
start = performance.now();
turn();

async function open(): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const line: Line = { socket, due: 0, missing: 0, head: '' };
  socket.on('data', (chunk: Buffer) => take(line, chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    if (line.due > 0) errors++;
  });
  idle.push(line);
}

function turn(): void {
  const now = performance.now();
  while (sent < total && idle.length > 0) {
    const due = start + (sent * 1000) / rate;
    if (due > now) break;
    const line = idle.pop()!;
    line.due = due;
    line.socket.write(requests[sent % requests.length]!);
    sent++;
  }
  const over = now > start + seconds * 1000 + drainMs;
  if (answered + errors >= total || over) {
    finish();
    return;
  }
  // What is due and finds no connection waits for one; otherwise there is time until the next is due.
  if (idle.length > 0) Atomics.wait(nap, 0, 0, napMs);
  setImmediate(turn);
}

/** Answers are sized, and come one at a time on each connection. */
function take(line: Line, chunk: Buffer): void {
  if (line.missing > 0) {
    line.missing -= chunk.length;
  } else {
    line.head += chunk.toString('latin1');
    const end = line.head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(line.head)?.[1];
    if (!line.head.startsWith('HTTP/1.1 200') || length === undefined) errors++;
    line.missing = Number(length ?? 0) - (line.head.length - end - 4);
    line.head = '';
  }
  if (line.missing > 0) return;
  latenciesMs[answered++] = performance.now() - line.due;
  line.due = 0;
  line.missing = 0;
  idle.push(line);
}

function finish(): void {
  const lasted = (performance.now() - start) / 1000;
  const sorted = latenciesMs.subarray(0, answered).sort();
  const at = (share: number) => sorted[Math.min(answered - 1, Math.floor(share * answered))] ?? 0;
  const unanswered = total - answered;
  console.log(
    JSON.stringify({
      requestsPerSecond: answered / lasted,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      p999Ms: at(0.999),
      errors: Math.max(errors, unanswered),
    }),
  );
  process.exit(0);
}
