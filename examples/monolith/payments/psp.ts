/** The payment provider, as far as the shop uses it. Each call carries the client's Idempotency-Key on. */
export type Psp = {
  authorise(
    payment: { amountMinor: number; currency: string; method: string },
    key: string,
  ): Promise<PspAnswer>;
  capture(reference: string, amountMinor: number, key: string): Promise<void>;
  refund(reference: string, amountMinor: number, key: string): Promise<void>;
};

export type PspAnswer = { approved: boolean; reference: string | null };

/** Old shops have none: every payment is taken, and the bank's list of the day is gone through by hand. */
const byHand: Psp = {
  authorise: async () => ({ approved: true, reference: null }),
  capture: async () => {},
  refund: async () => {},
};

export function openPsp(url: string | undefined): Psp {
  if (url === undefined) return byHand;

  async function post(path: string, body: object, key: string): Promise<Record<string, unknown>> {
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Api-Key': 'shop', 'Idempotency-Key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(3000),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`The payment provider answered ${response.status} to ${path}`);
    return answer;
  }

  return {
    async authorise(payment, key) {
      const { outcome, authorisation } = await post('/authorisations', payment, key);
      return { approved: outcome === 'approved', reference: String(authorisation) };
    },
    async capture(reference, amountMinor, key) {
      await post(`/authorisations/${reference}/captures`, { amountMinor }, key);
    },
    async refund(reference, amountMinor, key) {
      await post(`/authorisations/${reference}/refunds`, { amountMinor }, key);
    },
  };
}
