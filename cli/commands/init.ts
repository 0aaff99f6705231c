import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { becomeProgram } from '../pinned-node.ts';

const program = new URL('../../proxy/init/main.ts', import.meta.url);

export const init = defineCommand({
  name: 'init',
  usage: 'init --from FILE [--monolith URL] [--out FILE [--force]]',
  operands: [],
  options: {
    from: { type: 'string', value: 'FILE', text: 'OpenAPI 3 (.yaml, .json), a HAR (.har), or an access log' },
    monolith: { type: 'string', value: 'URL', text: 'where it answers (http://127.0.0.1:9000)' },
    out: { type: 'string', value: 'FILE', text: 'what to write; without it, stdout' },
    force: { type: 'boolean', text: 'write over a file that is there' },
  },
  asksAdmin: false,
  examples: [
    'ficus init --from access.log.gz --monolith http://shop.internal:8000 --out routes.yaml',
    'ficus init --from openapi.yaml',
  ],

  async run({ values: { from, monolith, out, force = false }, json }) {
    if (!from) throw new UsageError('init needs --from, such as --from access.log');
    if (out === '') throw new UsageError('--out is empty');
    const url = monolith === undefined ? undefined : URL.parse(monolith);
    if (monolith !== undefined && !(url && /^https?:$/.test(url.protocol) && !url.search && !url.hash)) {
      throw new UsageError(`--monolith wants a URL such as http://127.0.0.1:9000, not "${monolith}"`);
    }
    return becomeProgram(program, [JSON.stringify({ from, monolith, out, force, json })]);
  },
});
