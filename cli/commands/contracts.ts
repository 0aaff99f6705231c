import { writeFile } from 'node:fs/promises';
import type { ContractDraft, ContractReport, ContractUse, PactView } from '../../proxy/admin/api-types.ts';
import { defineCommand, type Outcome } from '../command.ts';
import { FailedError, UsageError } from '../failures.ts';
import { count, counted, none, part } from '../format.ts';
import { inert } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { renderTable } from '../table.ts';
import { wrapText } from '../wrap-text.ts';
import { migrationPath } from './migration-operand.ts';

type Terminal = { readonly width: number | undefined; readonly paint: Paint };

export const contracts = defineCommand({
  name: 'contracts',
  usage: 'contracts ID | contracts draft ID [--pair P] [--consumer NAME] [--out FILE]',
  operands: [
    { name: 'ID', required: true, text: "a migration's name, or draft and a migration's name" },
    { name: 'ID', required: false, text: 'after draft' },
  ],
  options: {
    pair: { type: 'string', value: 'P', text: 'draft of this pair (one of what is asked for most)' },
    consumer: { type: 'string', value: 'NAME', text: 'whose pact the draft is to be (a-client)' },
    out: { type: 'string', value: 'FILE', text: 'write the draft there; without it, print it' },
  },
  asksAdmin: true,
  examples: [
    'ficus contracts catalog',
    'ficus contracts draft catalog --consumer web-shop --out contracts/pacts/draft.json',
  ],

  async run({ operands: [first = '', second], values, admin, width, paint }) {
    if (first === 'draft' && second === undefined && Object.keys(values).length > 0)
      throw new UsageError('contracts draft needs an ID: contracts draft catalog');
    if (first === 'draft' && second !== undefined) return draft(admin(), second, values);
    if (second !== undefined) throw new UsageError(`"${second}" is one argument too many`);
    const [option] = Object.keys(values);
    if (option !== undefined) throw new UsageError(`--${option} is for drafts: contracts draft ${first}`);
    const report = await admin().get<ContractReport>(migrationPath(first, '/contracts'));
    return { json: report, text: renderReport(inert(report), { width, paint }), warnings: report.problems };
  },
});

interface DraftValues {
  readonly pair?: string;
  readonly consumer?: string;
  readonly out?: string;
}

async function draft(
  client: { get<T>(path: string): Promise<T> },
  id: string,
  { pair, consumer, out }: DraftValues,
): Promise<Outcome> {
  if (consumer !== undefined && !/^[\w .-]{1,100}$/.test(consumer))
    throw new UsageError('--consumer wants a name of letters, digits, spaces, dots, "-" and "_"');
  const query = new URLSearchParams({
    ...(pair !== undefined && { pair }),
    ...(consumer !== undefined && { consumer }),
  });
  const suffix = query.size === 0 ? '' : `?${query}`;
  const made = await client.get<ContractDraft>(migrationPath(id, `/contracts/draft${suffix}`));
  const content = `${JSON.stringify(made.pact, null, 2)}\n`;
  if (out === undefined) return { json: made, text: content.trimEnd(), warnings: made.notes };
  await save(out, content);
  return { json: { ...made, out }, text: renderDraft(inert(made), out, id), warnings: made.notes };
}

/** Never over something that is there: it may be a consumer's own pact. */
async function save(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already' : message;
    const detail = `${file} is not written: ${why}; name another with --out`;
    const document = { type: 'urn:ficus:problem:not_saved', title: 'Not saved', code: 'not_saved', detail };
    throw new FailedError(detail, { document, cause: error });
  }
}

function renderDraft({ route, pair, states }: ContractDraft, out: string, id: string): string {
  return [
    `${out}: a draft of ${route}, made of pair ${pair}.`,
    '',
    'For the states file:',
    // It was made inert as one line.
    ...states
      .split('\\n')
      .filter((line) => line !== '')
      .map((line) => `  ${line}`),
    '',
    `Then: ficus verify ${id}`,
  ].join('\n');
}

function renderReport(report: ContractReport, terminal: Terminal): string {
  const { uses, unused, pacts } = report;
  const { width = Number.POSITIVE_INFINITY } = terminal;
  return [
    ...wrapText(summary(report), width).map((line) => terminal.paint('bold', line)),
    '',
    ...(pacts.length === 0 ? ['There is no pact.'] : [renderPacts(pacts, terminal)]),
    ...(uses.length === 0 ? [] : ['', renderUses(uses, terminal)]),
    ...(unused.length === 0
      ? []
      : [
          '',
          'In a pact, and not seen in traffic yet:',
          ...unused.flatMap(({ consumer, request, description }) =>
            wrapText(`${request}: ${description} (${consumer})`, width - 2).map((line) => `  ${line}`),
          ),
        ]),
    ...legend(report).flatMap((line) => wrapText(line, width)),
  ].join('\n');
}

function summary({ migration, uses }: ContractReport): string {
  if (uses.length === 0)
    return `${migration}: no client was seen to ask for anything under the builds and rules of now.`;
  const sum = (some: readonly ContractUse[]) => some.reduce((total, one) => total + one.count, 0);
  const covered = uses.filter(({ coveredBy }) => coveredBy.length > 0);
  return (
    `${migration}: of ${counted(uses.length, 'kind')} of requests, ${count(covered.length)} ` +
    `${covered.length === 1 ? 'is' : 'are'} in a pact, ${part(sum(covered), sum(uses))} of ` +
    `${counted(sum(uses), 'request')}.`
  );
}

function renderPacts(pacts: readonly PactView[], terminal: Terminal): string {
  const { paint } = terminal;
  const standing = (text: string) =>
    text === 'passed' ? paint('green', text) : text === 'failed' ? paint('red', text) : text;
  return renderTable<PactView>(
    [
      { title: 'PACT OF', cell: ({ consumer, pending }) => `${consumer}${pending ? ', pending' : ''}` },
      { title: 'INTERACTIONS', align: 'right', cell: ({ interactions }) => count(interactions) },
      { title: 'MONOLITH', cell: ({ monolith }) => (monolith === 'not-asked' ? none : standing(monolith)) },
      { title: 'SERVICE', cell: ({ service }) => standing(service) },
      { title: 'FROM', wrapTo: 24, aside: 'from', cell: ({ from }) => from },
    ],
    pacts,
    terminal,
  );
}

function renderUses(uses: readonly ContractUse[], terminal: Terminal): string {
  return renderTable<ContractUse>(
    [
      { title: 'INTERACTION', wrapTo: 20, cell: interaction },
      { title: 'STATUS', cell: ({ status }) => status },
      { title: 'TYPE', aside: 'type', wrapTo: 12, cell: ({ type }) => shape(type) },
      { title: 'USES', align: 'right', cell: (use) => `${count(use.count)}${isAnswers(use) ? '*' : ''}` },
      { title: 'COVERED BY', wrapTo: 12, cell: ({ coveredBy }) => coveredText(coveredBy, terminal.paint) },
    ],
    uses,
    terminal,
  );
}

/** `GET /api/products?category,limit`, `POST /api/products (application/json)`. */
function interaction({ route, method, query, requestType }: ContractUse): string {
  const [written = '', template = ''] = route.split(' ');
  const asked = query === 'none' || query === 'any' ? '' : `?${query}`;
  const sent = requestType === 'none' || requestType === 'any' ? '' : ` (${requestType})`;
  return `${written === '*' ? method : written} ${template}${asked}${sent}`;
}

const shape = (text: string): string => (text === 'none' || text === 'any' ? none : text);
const isAnswers = ({ counted: by }: ContractUse): boolean => by === 'answers';

function coveredText(coveredBy: ContractUse['coveredBy'], paint: Paint): string {
  if (coveredBy.length === 0) return paint('yellow', 'no pact');
  return [...new Set(coveredBy.map(({ consumer }) => consumer))].join(', ');
}

function legend({ migration, uses }: ContractReport): string[] {
  const open = uses.some(({ coveredBy, counted: by }) => coveredBy.length === 0 && by === 'pairs');
  const lines = [
    ...(uses.some(isAnswers)
      ? ['* answers to clients since Ficus was started: such routes are not copied, so no more is known.']
      : []),
    ...(open
      ? [`A draft of the most used one without a pact: ficus contracts draft ${migration} --out FILE`]
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}
