import type { ContractView } from '../../proxy/evidence/contract-view.ts';

/** A pact that failed and a kind of request without one, with a text in every field that others fill. */
export const plantedContracts = (planted: string): ContractView => ({
  pacts: [
    {
      consumer: planted,
      from: planted,
      pactHash: 'c0ffee',
      pending: false,
      interactions: 2,
      service: 'failed',
      monolith: 'passed',
    },
  ],
  uses: [
    {
      route: planted,
      method: 'GET',
      status: '200',
      type: planted,
      requestType: 'none',
      query: planted,
      count: 3,
      counted: 'pairs',
      use: 'one',
      coveredBy: [],
    },
  ],
  unused: [],
  results: [
    {
      side: 'service',
      consumer: planted,
      build: planted,
      pactHash: 'c0ffee',
      outcome: 'failed',
      at: '2026-11-20T11:00:00.000Z',
      interactions: 2,
      failures: [{ interaction: planted, text: planted }],
      isNow: true,
    },
  ],
  problems: [planted],
});
