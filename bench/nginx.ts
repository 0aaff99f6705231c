import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchProcess } from './bench-process.ts';
import { answers } from './send-request.ts';

/** One nginx worker on one core, unless more are asked for; `servers` is what stands within `http { … }`. */
export async function startNginx(options: {
  readonly nginx: string;
  readonly name: string;
  /** As taskset reads it. */
  readonly core: number | string;
  readonly workers?: number;
  readonly folder: string;
  readonly port: number;
  readonly servers: string;
  readonly openFiles?: number | undefined;
}): Promise<BenchProcess> {
  const { nginx, name, core, port, servers, openFiles, workers = 1 } = options;
  const folder = path.join(options.folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'nginx.conf'), configuration(servers, workers));
  return BenchProcess.start({
    name,
    core,
    openFiles,
    command: [nginx, '-p', folder, '-e', 'stderr', '-c', 'nginx.conf'],
    isUp: () => answers(port),
  });
}

/** Connections last as long as the run does, on both sides, as they do in every other contender. */
const configuration = (servers: string, workers: number) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes ${workers};
pid nginx.pid;
error_log stderr warn;
events { worker_connections 30000; }
http {
  access_log off;
  default_type application/json;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_buffer_size 64k;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
${servers}
}
`;
