import type { GateAnswer, ReasonState } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { localTime, share } from '../format.ts';
import { inert } from '../inert.ts';
import type { Paint, Style } from '../paint.ts';
import { bulletList, wrapText } from '../wrap-text.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { renderWarnings } from './status-detail.ts';

export const gate = defineCommand({
  name: 'gate',
  usage: 'gate ID',
  operands: [migrationOperand],
  options: {},
  asksAdmin: true,
  examples: ['ficus gate catalog'],
  notes: [
    '✓ speaks for the step, ! too but is to be looked at, … waits for more, ✗ speaks against it.',
    "Agreement: the lower end of Wilson's score interval at 95 % (1927). Latency: the ratio of the",
    'two p99s at 95 %, by order statistics of each side (David and Nagaraja, Order Statistics, 7.1).',
    'docs/evidence.md has each rule, its method and its source.',
  ],

  async run({ operands: [id = ''], admin, width, paint }) {
    const answer = await admin().get<GateAnswer>(migrationPath(id, '/gate'));
    return { json: answer, text: renderGate(inert(answer), { width, paint }) };
  },
});

const marks: Readonly<Record<ReasonState, { readonly sign: string; readonly style: Style }>> = {
  met: { sign: '✓', style: 'green' },
  waiting: { sign: '…', style: 'yellow' },
  refused: { sign: '✗', style: 'red' },
};

const warningMark = { sign: '!', style: 'yellow' } as const;

const stateTexts = {
  open: 'is open',
  waiting: 'waits for more evidence',
  refused: 'refuses the next step',
} as const satisfies Record<GateAnswer['state'], string>;

function renderGate(answer: GateAnswer, terminal: { width: number | undefined; paint: Paint }): string {
  const { paint, width = Number.POSITIVE_INFINITY } = terminal;
  const { key, reasons, missing } = answer;
  const ruleWidth = Math.max(0, ...reasons.map(({ rule }) => rule.length));
  const reasonLines = reasons.flatMap(({ rule, state, isWarning, text }) => {
    const { sign, style } = isWarning ? warningMark : marks[state];
    const [first, ...others] = wrapText(text, Math.max(width - ruleWidth - 4, 20));
    const indent = ' '.repeat(ruleWidth + 4);
    return [
      `${paint(style, sign)} ${rule.padEnd(ruleWidth)}  ${first}`,
      ...others.map((line) => indent + line),
    ];
  });
  const { migration, state, asked, allowed } = answer;
  const past = answer.override ? `, by an override until ${localTime(answer.override.until)}` : '';
  const headline = `${migration}: the gate ${stateTexts[state]}; ${share(asked)} asked, ${share(allowed)} allowed${past}`;
  const builds = `Evidence of monolith ${key.monolithBuild}, service ${key.serviceBuild}, rules ${key.rulesHash}`;
  return [
    ...wrapText(headline, width).map((line) => paint('bold', line)),
    ...wrapText(builds, width),
    '',
    ...reasonLines,
    ...(missing.length > 0 ? ['', paint('bold', 'Still missing'), ...bulletList(missing, width)] : []),
    ...renderWarnings(answer.warnings, { width, paint }),
    '',
    ...wrapText(nextStep(answer), width),
  ].join('\n');
}

function nextStep({ migration, nextStep: step, missing, ramp }: GateAnswer): string {
  if (step === undefined) return 'Next step: none, the service may have all of it.';
  const command = `ficus promote ${migration}`;
  if (ramp && ramp.next !== undefined) {
    const way = `on the way to ${share(ramp.to)}`;
    const when = missing.length > 0 ? 'once nothing above is missing' : 'any moment now';
    return `Next step: ${share(ramp.next)}, ${way}, by itself ${when}.`;
  }
  if (missing.length === 0) return `Next step: ${share(step)}, by \`${command}\``;
  return `Next step: ${share(step)}, by \`${command}\` once nothing above is missing.`;
}
