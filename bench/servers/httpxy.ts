import { Agent, createServer, ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';

const [port, upstreamPort] = process.argv.slice(2).map(Number);

const proxy = createProxyServer({
  target: { host: '127.0.0.1', port: upstreamPort! },
  agent: new Agent({ keepAlive: true }),
});
proxy.on('error', (_error, _request, response) => {
  if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502).end();
  else response?.destroy();
});
createServer((request, response) => void proxy.web(request, response)).listen(port, '127.0.0.1');
