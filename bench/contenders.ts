import { readFileSync } from 'node:fs';
import type { Contender } from './contenders/contender.ts';
import { direct } from './contenders/direct.ts';
import {
  ficus,
  ficus2Workers,
  ficus10kRoutes,
  ficus10Routes,
  ficusShadow,
  ficusShadow2Cores,
} from './contenders/ficus.ts';
import { haproxy } from './contenders/haproxy.ts';
import { nginx, nginxMirror, nginxMirror2Workers } from './contenders/nginx.ts';
import { nodeProxy } from './contenders/node-proxy.ts';

const library = (name: string, manner: string, server: string): Contender =>
  nodeProxy(server, `${name} ${installed(name)}, ${manner}`, `${server}.ts`);

/** In the order of the report. */
export const contenders: readonly Contender[] = [
  direct,
  nginx,
  haproxy,
  ficus,
  library('http-proxy', 'keep-alive agent', 'http-proxy'),
  library('http-proxy-3', 'keep-alive agent', 'http-proxy-3'),
  library('httpxy', 'keep-alive agent', 'httpxy'),
  library(
    '@fastify/http-proxy',
    `fastify ${installed('fastify')}, undici, 128 connections`,
    'fastify-http-proxy',
  ),
  library(
    'http-proxy-middleware',
    `Express ${installed('express')}, keep-alive agent`,
    'http-proxy-middleware',
  ),
];

/** In scenarios of their own. */
export const variants: readonly Contender[] = [
  nginxMirror,
  ficusShadow,
  nginxMirror2Workers,
  ficusShadow2Cores,
  ficus10Routes,
  ficus10kRoutes,
  ficus2Workers,
];

function installed(name: string): string {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
