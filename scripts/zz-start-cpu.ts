import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = process.cwd();
const { startQuickUpstream, withoutPostgres } = await import(root + '/test/faults/quick-upstream.ts');
const { closedPort } = await import(root + '/test/support/scripted-upstream.ts');
const program = path.resolve(root, 'bin/ficus');
const starts = Number(process.argv[2] ?? 5);
const nroutes = Number(process.argv[3] ?? 0);
const isAnswered = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, agent: false }, (a) => {
      a.resume();
      a.on('end', () => resolve(a.statusCode === 200));
    });
    asked.on('error', () => resolve(false));
  });
function tree(pid: number): number[] {
  const out = [pid];
  for (const e of readdirSync('/proc')) {
    if (!/^\d+$/.test(e)) continue;
    try {
      const s = readFileSync(`/proc/${e}/stat`, 'latin1');
      const f = s.slice(s.lastIndexOf(')') + 2).split(' ');
      if (Number(f[1]) === pid) out.push(...tree(Number(e)));
    } catch {}
  }
  return out;
}
function cpu(pid: number): number[] {
  try {
    const s = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const f = s.slice(s.lastIndexOf(')') + 2).split(' ');
    return [(Number(f[11]) + Number(f[12])) * 10, (Number(f[13]) + Number(f[14])) * 10];
  } catch {
    return [0, 0];
  }
}
await using upstream = await startQuickUpstream();
const folder = await mkdtemp(path.join(tmpdir(), 'ficus-start-'));
const routes = path.join(folder, 'routes.yaml');
let text = `upstreams:\n  monolith: { url: "http://127.0.0.1:${upstream.port}" }\n  s: { url: "http://127.0.0.1:${upstream.port}" }\ndefault: monolith\n`;
if (nroutes) {
  text += 'migrations:\n';
  for (let m = 0; m < 20; m++) {
    text += `  m${m}:\n    service: s\n    routes:\n`;
    for (let r = 0; r < nroutes / 20; r++) text += `      - GET /api/m${m}/things${r}/{id}\n`;
  }
}
await writeFile(routes, text);
const times: number[] = [];
const cpus: number[][] = [];
for (let start = 0; start <= starts; start++) {
  const port = await closedPort();
  const startedAt = performance.now();
  const child = spawn(
    program,
    [
      'up',
      '--config',
      routes,
      '--data-dir',
      path.join(folder, 'data'),
      '--port',
      String(port),
      '--admin-port',
      '0',
      '--workers',
      '1',
    ],
    {
      env: {
        PATH: process.env['PATH'],
        ...withoutPostgres,
        ...(process.env.XENV ? JSON.parse(process.env.XENV) : {}),
      },
      stdio: process.env.SHOW ? 'inherit' : 'ignore',
    },
  );
  await delay(100);
  while (!(await isAnswered(port))) await delay(5);
  const took = performance.now() - startedAt;
  const pids = tree(child.pid!);
  const c = pids.map((p) => cpu(p)[0]! + cpu(p)[1]!);
  if (start > 0) {
    times.push(took);
    cpus.push(c);
  }
  await delay(2500);
  child.kill('SIGTERM');
  await once(child, 'exit');
}
await rm(folder, { recursive: true });
const med = (a: number[]) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)]!;
console.log('wall', times.map(Math.round).join(' '), 'median', Math.round(med(times)));
console.log(
  'cpu total',
  cpus.map((c) => c.reduce((a, b) => a + b, 0)).join(' '),
  'supervisor',
  med(cpus.map((c) => c[0]!)),
  'worker',
  med(cpus.map((c) => c[1] ?? 0)),
);
process.exit(0);
