import { createServiceCall } from './call-service.ts';

/** What the web shop needs of a payment; it ignores the rest. */
export type Payment = {
  paymentId: string;
  orderNo: number;
  status: 'authorised' | 'captured' | 'failed' | 'refunded';
  currency: string;
  exponent: number;
  amountMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  version: number;
};

export type NewPayment = { orderNo: number; method: 'card' | 'transfer' | 'paypal'; amountMinor: number };

/** How the web shop's server pays, wherever payments run. Answers that are errors throw a ServiceError. */
export function createPaymentsClient(baseUrl: string, apiKey: string) {
  const call = createServiceCall(baseUrl, apiKey);

  /** `key` is kept with the order, so that a request whose answer was lost can be sent again. */
  const post = (path: string, key: string, body: object, headers: Record<string, string> = {}) =>
    call<Payment>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...headers },
      body: JSON.stringify(body),
    });

  return {
    authorise: (key: string, payment: NewPayment) => post('/api/payments', key, payment),

    capture: (key: string, paymentId: string) => post(`/api/payments/${paymentId}/capture`, key, {}),

    /** Refunds what the clerk saw: a payment that has been changed since is left alone. */
    refund: (key: string, { paymentId, version }: Payment, amountMinor: number) =>
      post(`/api/payments/${paymentId}/refund`, key, { amountMinor }, { 'If-Match': `"${version}"` }),

    listOfOrder: async (orderNo: number) =>
      (await call<{ items: Payment[] }>(`/api/payments?orderNo=${orderNo}`)).items,
  };
}
