import { readFileSync } from 'node:fs';
import type { Contender } from './contenders/contender.ts';
import { direct } from './contenders/direct.ts';
import { ficus } from './contenders/ficus.ts';
import { nginx } from './contenders/nginx.ts';
import { nodeProxy } from './contenders/node-proxy.ts';

/** In the order of the report. */
export const contenders: readonly Contender[] = [
  direct,
  nginx,
  ficus,
  nodeProxy('http-proxy', `http-proxy ${installed('http-proxy')}, keep-alive agent`, 'http-proxy.ts'),
  nodeProxy('http-proxy-3', `http-proxy-3 ${installed('http-proxy-3')}, keep-alive agent`, 'http-proxy-3.ts'),
];

function installed(name: string): string {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
