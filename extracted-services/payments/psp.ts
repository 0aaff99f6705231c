import { ApiError, createCaller, isCopy } from '@ficus/service-kit';
import type { NewPayment } from './payment/requests.ts';

export type PspDecision = { approved: boolean; reference: string | null };

/**
 * The payment provider. It is another company's, so a copy leaves it alone: what an authorisation would get is asked
 * of its simulation, which books nothing; captures and refunds are taken to succeed, as they do for what was
 * authorised. Real calls carry the client's Idempotency-Key: one whose answer was lost is asked again, not done again.
 */
export type Psp = {
  authorise(payment: NewPayment, key: string): Promise<PspDecision>;
  capture(reference: string | null, amountMinor: number, key: string): Promise<void>;
  refund(reference: string | null, amountMinor: number, key: string): Promise<void>;
};

export type PspOptions = { pspUrl: string; pspTimeoutMs: number };

export function createPsp({ pspUrl, pspTimeoutMs }: PspOptions): Psp {
  const call = createCaller({
    baseUrl: pspUrl,
    timeoutMs: pspTimeoutMs,
    of: 'foreign',
    headers: { 'Api-Key': 'payments' },
  });

  async function post(path: string, body: object, key: string, changesNothing = false) {
    const headers = { 'Idempotency-Key': key };
    const answer = await call({ method: 'POST', path, body, headers, changesNothing }).catch(
      (cause: unknown) => {
        throw new ApiError(503, 'The payment provider does not answer', { cause });
      },
    );
    if (answer.status < 300) return answer.body as Record<string, unknown>;
    throw new ApiError(503, 'The payment provider did not take the request', {
      cause: new Error(`It answered ${answer.status} to ${path}`),
    });
  }

  return {
    async authorise({ amountMinor, currency, method }, key) {
      const payment = { amountMinor, currency, method };
      if (isCopy()) {
        const { outcome } = await post('/authorisations/simulate', payment, key, true);
        return { approved: outcome === 'approved', reference: null };
      }
      const { outcome, authorisation } = await post('/authorisations', payment, key);
      return { approved: outcome === 'approved', reference: String(authorisation) };
    },
    async capture(reference, amountMinor, key) {
      await move(reference, 'captures', amountMinor, key);
    },
    async refund(reference, amountMinor, key) {
      await move(reference, 'refunds', amountMinor, key);
    },
  };

  /** Payments from before there was a provider have no reference there. */
  async function move(reference: string | null, what: string, amountMinor: number, key: string) {
    if (reference === null || isCopy()) return;
    await post(`/authorisations/${encodeURIComponent(reference)}/${what}`, { amountMinor }, key);
  }
}
