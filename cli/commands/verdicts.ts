import type { StandingVerdict, VerdictList } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { localTime } from '../format.ts';
import { inert } from '../inert.ts';
import { renderTable } from '../table.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

export const verdicts = defineCommand({
  name: 'verdicts',
  usage: 'verdicts ID',
  operands: [migrationOperand],
  options: {},
  asksAdmin: true,
  examples: [
    'ficus verdicts catalog',
    'ficus verdicts catalog --json > verdicts.json',
    'ficus replay recordings/ --verdicts verdicts.json --control-recorded --service http://127.0.0.1:9001',
  ],

  async run({ operands: [id = ''], admin, width, paint }) {
    const list = await admin().get<VerdictList>(migrationPath(id, '/verdicts'));
    const { verdicts: found } = inert(list);
    const text = renderTable<StandingVerdict>(
      [
        { title: 'SIGNATURE', cell: ({ signature }) => signature },
        { title: 'IS', cell: ({ state, by }) => (by === 'measured' ? `${state} (measured)` : state) },
        { title: 'UNTIL', cell: ({ until }) => (until === undefined ? '' : localTime(until)) },
        { title: 'OWNER', cell: ({ owner = '' }) => owner },
        { title: 'ROUTE', wrapTo: 16, cell: ({ route }) => route },
        { title: 'PLACE', wrapTo: 12, cell: ({ place }) => place },
        { title: 'KIND', cell: ({ kind }) => kind },
        { title: 'REASON', wrapTo: 20, aside: 'reason', cell: ({ reason = '' }) => reason },
      ],
      found,
      { width, paint },
    );
    const none =
      'Nothing was decided that is in force. `ficus verdict S --as …` decides; `ficus diffs ID` lists them.';
    return { json: list, text: found.length === 0 ? none.replace('ID', id) : text };
  },
});
