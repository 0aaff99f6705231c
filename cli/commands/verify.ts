import type { Verification } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { counted } from '../format.ts';
import { inert } from '../inert.ts';
import type { Paint } from '../paint.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'Verify the contracts against monolith and service, as evidence',
  usage: 'verify ID',
  operands: [migrationOperand],
  options: {},
  asksAdmin: true,
  examples: ['ficus verify catalog'],

  async run({ operands: [id = ''], admin, paint }) {
    const verification = await admin().post<Verification>(migrationPath(id, '/verify'), {});
    const { results } = inert(verification);
    const failures = results
      .filter(({ outcome }) => outcome === 'failed')
      .map(
        ({ side, consumer, build }) => `the ${side} (${build}) does not keep the contract with ${consumer}`,
      );
    return { json: verification, text: renderResults(results, paint), failures };
  },
});

function renderResults(results: Verification['results'], paint: Paint): string {
  return results.map((result) => renderResult(result, paint)).join('\n\n');
}

function renderResult(result: Verification['results'][number], paint: Paint): string {
  const { side, consumer, build, outcome, interactions, failures } = result;
  const mark = outcome === 'passed' ? paint('green', '✓') : paint('red', '✗');
  const replayed = counted(interactions.length, 'interaction');
  const summary =
    outcome === 'passed'
      ? `passed, ${replayed}`
      : `failed, ${counted(failures.length, 'failure')} in ${replayed}`;
  const named = new Set(failures.map(({ interaction }) => interaction));
  return [
    `${mark} ${paint('bold', `${side} ${build}`)}, contract with ${consumer}: ${summary}`,
    ...interactions
      .filter((interaction) => !named.has(interaction))
      .map((interaction) => `  ${outcome === 'passed' ? paint('green', '✓') : '·'} ${interaction}`),
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
