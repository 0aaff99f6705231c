import { proxyCore, twoCores } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { startNginx } from '../nginx.ts';
import { checkCopies } from './check-copies.ts';
import type { Contender, Estate, RunningContender } from './contender.ts';

export const nginx: Contender = {
  name: 'nginx',
  title: 'nginx, proxy_pass, upstream connections kept alive, one worker',
  start: (estate) => start(estate, 'nginx', ''),
};

/** Every request is copied to the service, whose answer is thrown away. */
export const nginxMirror: Contender = {
  name: 'nginx-mirror',
  title: 'the same nginx with `mirror`: every request copied to the service, the answers not compared',
  async start(estate) {
    const running = await start(estate, 'nginx-mirror', 'mirror /copy;');
    return { ...running, check: () => checkCopies('nginx-mirror', running.port, estate.upstreams) };
  },
};

/** For both, two cores: what a worker and its comparer have, two workers of nginx have. */
export const nginxMirror2Workers: Contender = {
  name: 'nginx-mirror-2-workers',
  title: 'the same with two workers, on two cores',
  async start(estate) {
    const running = await start(estate, 'nginx-mirror-2-workers', 'mirror /copy;', 2);
    return { ...running, check: () => checkCopies('nginx-mirror-2-workers', running.port, estate.upstreams) };
  },
};

async function start(
  { programs, upstreams, folder, openFiles }: Estate,
  name: string,
  mirror: string,
  workers = 1,
): Promise<RunningContender> {
  const port = await freePort();
  const keepAlive = 'keepalive 256; keepalive_requests 1000000000;';
  const forward = `
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;`;
  const servers = `
  upstream monolith { server 127.0.0.1:${upstreams.monolith}; ${keepAlive} }
  upstream service { server 127.0.0.1:${upstreams.service}; ${keepAlive} }
  server {
    listen 127.0.0.1:${port};
    location / {
      ${mirror}
      proxy_pass http://monolith;${forward}
    }
    location /big/ {
      client_max_body_size 0;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_pass http://monolith;${forward}
    }
    location = /copy {
      internal;
      proxy_pass http://service$request_uri;${forward}
    }
  }`;
  const process = await startNginx({
    nginx: programs.nginx,
    name,
    core: workers === 1 ? proxyCore : twoCores,
    workers,
    folder,
    port,
    servers,
    openFiles,
  });
  return { port, process };
}
