import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason } from '../model.ts';
import type { DescribedAnswers } from '../openapi/described-cells.ts';
import { count, counted } from './wording.ts';

/** Named one by one; the rest is counted. */
const listedAtMost = 10;
const misfitsNamed = 3;

/**
 * The service's description: what the monolith answers, and the service, must fit it, and it must take nothing away
 * from the accepted one before it. Where it only warns, nothing is held.
 */
export function openapiRule(migration: Migration, facts: GateFacts): GateReason[] {
  const mode = migration.gate.openapi ?? 'warn';
  if (mode === 'off') return [];
  const { state, described, changes } = facts.openapi;
  const isRequired = mode === 'require';
  if (!state.description) return undescribed(migration, state.problem, isRequired);
  const tell = teller(isRequired);
  const reasons: GateReason[] = [];
  if (state.problem !== undefined)
    reasons.push(tell('waiting', `The description as it is now is not read: ${state.problem}`, 'repair it'));
  if (migration.openapi === undefined && state.description.build !== facts.key.serviceBuild)
    reasons.push(
      tell(
        'waiting',
        `The description of build ${facts.key.serviceBuild} is not read yet`,
        'a few seconds would do',
      ),
    );
  reasons.push(...breaks(migration, changes, isRequired), ...answers(migration, described, isRequired));
  return reasons;
}

function undescribed({ service }: Migration, problem: string | undefined, isRequired: boolean): GateReason[] {
  if (problem !== undefined)
    return [teller(isRequired)('waiting', `The description of ${service}: ${problem}`, 'repair it')];
  if (!isRequired) return [];
  const text =
    `There is no description of ${service}; name its OpenAPI file (openapi: FILE), or let the service announce one at ` +
    '/.well-known/ficus.';
  return [{ rule: 'openapi', state: 'waiting', text }];
}

type Tell = (state: 'waiting' | 'refused', what: string, wouldDo: string, route?: string) => GateReason;

/** What is found holds the gate where it is required, and is said in any case. */
function teller(isRequired: boolean): Tell {
  return (state, what, wouldDo, route) => ({
    rule: 'openapi',
    ...(isRequired ? { state } : { state: 'met', isWarning: true }),
    ...(route !== undefined && { route }),
    text: isRequired ? `${what}; ${wouldDo}.` : `${what}; ${wouldDo} (gate.openapi: warn holds nothing).`,
  });
}

function breaks(
  { gate }: Migration,
  changes: GateFacts['openapi']['changes'],
  isRequired: boolean,
): GateReason[] {
  if (!changes) {
    const text = 'The description is not held against the one before it yet; it is once Postgres is there.';
    return isRequired ? [{ rule: 'openapi', state: 'waiting', text }] : [];
  }
  if (changes.breaking.length === 0) return [];
  const { since, breaking } = changes;
  const named = breaking.slice(0, listedAtMost).map(({ text, rule }) => `${text} [${rule}]`);
  const more = breaking.length > named.length ? `; and ${count(breaking.length - named.length)} more` : '';
  const what = `The description breaks that of build ${since}: ${named.join('; ')}${more}`;
  const wouldDo =
    gate.openapi === 'require'
      ? 'give back what clients had, or accept it by setting gate.openapi to warn for this build'
      : 'give back what clients had';
  return [teller(isRequired)('refused', what, wouldDo)];
}

function answers(migration: Migration, all: readonly DescribedAnswers[], isRequired: boolean): GateReason[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  const described = all.filter(({ route }) => ids.has(route));
  const checked = described.reduce((sum, one) => sum + one.checked, 0);
  const tell = teller(isRequired);
  if (checked === 0) {
    const what = "No answer has been held against the service's description yet";
    return [tell('waiting', what, 'pairs of its routes would do')];
  }
  const unfit = described.filter((one) => one.unfit > 0).toSorted((a, b) => b.unfit - a.unfit);
  if (unfit.length === 0) {
    const text = `All ${counted(checked, 'answer')} of both sides that were held against the service's description fit it.`;
    return [{ rule: 'openapi', state: 'met', text }];
  }
  const reasons = unfit.slice(0, listedAtMost).map((one) => {
    const wouldDo =
      one.side === 'monolith'
        ? 'that is what clients get today: describe it, and let the service answer so'
        : 'repair the service or its description';
    return tell('refused', misfitText(one), wouldDo, one.route);
  });
  const left = unfit.length - reasons.length;
  return left === 0
    ? reasons
    : [...reasons, tell('refused', `${counted(left, 'more route')} likewise`, 'see above')];
}

/** `GET /api/products/{productId}: 12 of 4,180 answers of the monolith do not fit …: /price must be number`. */
function misfitText({ route, side, checked, unfit, misfits }: DescribedAnswers): string {
  const named = misfits
    .slice(0, misfitsNamed)
    .map(({ text, answers: times }) => (times === unfit ? text : `${text} (${count(times)})`));
  const more = misfits.length > named.length ? ` and ${count(misfits.length - named.length)} more` : '';
  const fit = unfit === 1 ? 'does not fit' : 'do not fit';
  return (
    `${route}: ${count(unfit)} of ${counted(checked, 'answer')} of the ${side} ${fit} the service's description: ` +
    `${named.join(', ')}${more}`
  );
}
