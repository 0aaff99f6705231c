import { get } from 'node:http';

/**
 * Asks the admin plane on loopback, where kubelet can't: `node probe.ts /readyz` exits 0 when the answer is
 * 2xx, else 1 with the reason on stderr, which Kubernetes shows among the pod's events.
 */
const path = process.argv[2] ?? '/healthz';
const port = Number(process.env['FICUS_ADMIN_PORT'] || 8081);
const timeoutMs = 3000;

function fail(reason: string): never {
  process.stderr.write(`http://127.0.0.1:${port}${path}: ${reason}\n`);
  process.exit(1);
}

const request = get({ host: '127.0.0.1', port, path, agent: false }, async (response) => {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) process.exit(0);
  const text = (await response.setEncoding('utf8').toArray()).join('').slice(0, 1000);
  fail(`${status} ${text}`);
});
request.on('error', (error) => fail(error.message));
setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
