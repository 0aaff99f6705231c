import { proxyCore } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { startNginx } from '../nginx.ts';
import type { Contender } from './contender.ts';

export const nginx: Contender = {
  name: 'nginx',
  title: 'nginx, proxy_pass, upstream connections kept alive, one worker',
  async start({ programs, upstreams, folder }) {
    const port = await freePort();
    const servers = `
  upstream monolith { server 127.0.0.1:${upstreams.monolith}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://monolith;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }`;
    const process = await startNginx({
      nginx: programs.nginx,
      name: 'nginx',
      core: proxyCore,
      folder,
      port,
      servers,
    });
    return { port, process };
  },
};
