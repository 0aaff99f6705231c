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

type Failure = { error: { code: string; message: string } };

export class PaymentError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: Failure['error']) {
    super(message);
    this.name = 'PaymentError';
    this.status = status;
    this.code = code;
  }
}

/** How the web shop's server pays, wherever payments run. Answers that are errors throw a PaymentError. */
export function createPaymentsClient(baseUrl: string, apiKey: string) {
  async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    headers.set('Accept', 'application/json');
    headers.set('X-Api-Key', apiKey);
    const response = await fetch(new URL(path, baseUrl), { ...init, headers });
    const body: unknown = await response.json();
    if (!response.ok) throw new PaymentError(response.status, (body as Failure).error);
    return body as Answer;
  }

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
