import type { Verification } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { counted } from '../format.ts';
import { inert } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { waiting } from '../waiting.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

type Result = Verification['results'][number];

export const verify = defineCommand({
  name: 'verify',
  usage: 'verify ID',
  operands: [migrationOperand],
  options: {},
  asksAdmin: true,
  examples: ['ficus verify catalog'],

  async run({ operands: [id = ''], admin, paint }) {
    const asked = admin().post<Verification>(migrationPath(id, '/verify'), {});
    const verification = await waiting(`every contract of ${inert(id)} is replayed on both sides`, asked);
    const { results, problems } = inert(verification);
    const failures = results
      .filter(({ outcome, pending }) => outcome === 'failed' && !pending)
      .map(
        ({ side, consumer, build }) => `the ${side} (${build}) does not keep the contract with ${consumer}`,
      );
    const warnings = [...problems, ...new Set(results.flatMap((result) => result.warnings))];
    return { json: verification, text: renderResults(results, paint), failures, warnings };
  },
});

function renderResults(results: readonly Result[], paint: Paint): string {
  return results.map((result) => renderResult(result, paint)).join('\n\n');
}

function renderResult(result: Result, paint: Paint): string {
  const { side, consumer, build, outcome, interactions, failures, pending, from } = result;
  const passed = outcome === 'passed';
  const mark = passed ? paint('green', '✓') : pending ? paint('yellow', '…') : paint('red', '✗');
  const replayed = counted(interactions.length, 'interaction');
  const summary = passed
    ? `passed, ${replayed}`
    : `failed, ${counted(failures.length, 'failure')} in ${replayed}`;
  const note = pending && !passed ? '; it is pending, so that this holds nothing' : '';
  const failed = new Set(failures.map(({ interaction }) => interaction));
  return [
    `${mark} ${paint('bold', `${side} ${build}`)}, contract with ${consumer}: ${summary}${note}`,
    ...(passed ? [] : [`  ${from}`]),
    ...interactions
      .filter((interaction) => !failed.has(interaction))
      .map((interaction) => `  ${passed ? paint('green', '✓') : '·'} ${interaction}`),
    ...failures.flatMap(({ interaction, text }) => [
      `  ${paint('red', '✗')} ${interaction}`,
      ...failureLines(text),
    ]),
  ].join('\n');
}

/** A failure's text may have had lines: the line ends are escaped by then. */
function failureLines(text: string): string[] {
  return text
    .split('\\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `      ${line}`);
}
