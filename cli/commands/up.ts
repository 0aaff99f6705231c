import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { parseWhole } from '../number-option.ts';
import { continueAs } from '../pinned-node.ts';

const proxy = new URL('../../proxy/main.ts', import.meta.url);
const ports = { min: 0, max: 65_535 };

export const up = defineCommand({
  name: 'up',
  usage: 'up [--config FILE] [--port N] [--admin-port N] [--data-dir DIR] [--workers N]',
  operands: [],
  options: {
    config: { type: 'string', value: 'FILE', text: 'the routes file (routes.yaml)' },
    port: { type: 'string', value: 'N', text: 'port of the proxy (FICUS_PORT, 8080)' },
    'admin-port': { type: 'string', value: 'N', text: 'port of the admin plane (FICUS_ADMIN_PORT, 8081)' },
    'data-dir': {
      type: 'string',
      value: 'DIR',
      text: 'where Postgres and flags.json live (FICUS_DATA_DIR, .ficus)',
    },
    workers: { type: 'string', value: 'N', text: 'processes that take traffic (FICUS_WORKERS, one a core)' },
  },
  asksAdmin: false,
  examples: ['ficus up --config routes.yaml --port 8080 --admin-port 8081 --data-dir .ficus'],

  async run({ values }) {
    const port = parseWhole('port', values.port, ports);
    const adminPort = parseWhole('admin-port', values['admin-port'], ports);
    if (port !== undefined && port !== 0 && port === adminPort) {
      throw new UsageError(`--port and --admin-port are both ${port}: the admin plane wants one of its own`);
    }
    parseWhole('workers', values.workers, { min: 1, max: 256 });
    const given = Object.entries({ config: 'routes.yaml', ...values });
    const blank = given.find(([, value]) => value.trim() === '');
    if (blank) throw new UsageError(`--${blank[0]} is empty`);
    return continueAs(
      proxy,
      given.flatMap(([name, value]) => [`--${name}`, value]),
    );
  },
});
