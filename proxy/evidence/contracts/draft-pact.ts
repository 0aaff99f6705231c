import type { PairRow } from '../../store/model.ts';
import { draftBody } from './draft-body.ts';
import { draftRequest } from './draft-request.ts';
import { draftStates } from './draft-states.ts';

export interface DraftInput {
  readonly pair: PairRow;
  /** Its route's template: `/api/products/{productId}`. */
  readonly template: string;
  readonly consumer: string;
  readonly provider: string;
}

/** A first version of an interaction, for its consumer's team to complete. */
export interface PactDraft {
  /** A pact file of version 4 of the format. */
  readonly pact: Readonly<Record<string, unknown>>;
  /** What it wants in the states file, as YAML. */
  readonly states: string;
  /** What somebody should look at, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes an interaction of a redacted pair: the request as it was, the monolith's answer by its shape. Values are
 * matched by type, redacted ones by being there at all; where the request lost a value, the provider's state gives
 * one. A problem in a sentence where nothing can be made of the pair.
 */
export function draftPact({
  pair,
  template,
  consumer,
  provider,
}: DraftInput): PactDraft | { problem: string } {
  const { request, monolith } = pair;
  if (!request || monolith?.status === undefined)
    return { problem: `pair ${pair.id} has no whole request and answer of the monolith` };
  const { status } = monolith;
  const asked = draftRequest(request, template);
  const answer = draftBody(monolith, 'answer');
  const state = `${pair.route} answers ${status}`;
  const interaction = {
    type: 'Synchronous/HTTP',
    description: `${request.method} ${template} answered with ${status}`,
    providerStates: [{ name: state }],
    request: asked.request,
    response: {
      status,
      ...(answer.type !== undefined && { headers: { 'Content-Type': [answer.type] } }),
      ...(answer.body && { body: answer.body }),
      matchingRules: {
        ...(answer.type !== undefined && { header: { 'Content-Type': contentTypeRule(answer.type) } }),
        ...(answer.rules && { body: answer.rules }),
      },
    },
  };
  return {
    pact: {
      consumer: { name: consumer },
      provider: { name: provider },
      interactions: [interaction],
      metadata: { pactSpecification: { version: '4.0' } },
    },
    states: draftStates(state, status, asked),
    notes: [...asked.notes, ...answer.notes],
  };
}

/** The type matters, its parameters may change. */
function contentTypeRule(type: string) {
  const escaped = type.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { combine: 'AND', matchers: [{ match: 'regex', regex: `^${escaped}(\\s*;.*)?$` }] };
}
