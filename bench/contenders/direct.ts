import type { Contender } from './contender.ts';

/** No proxy: what the load and the upstream can do on the core that they share. */
export const direct: Contender = {
  name: 'direct',
  title: 'no proxy',
  async start({ upstreams }) {
    return { port: upstreams.monolith, process: undefined };
  },
};
