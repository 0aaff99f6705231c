import { badField, badRequest } from '../refusal.ts';
import { exponents, methods } from './payment.ts';

export type NewPayment = {
  orderNo: number;
  method: keyof typeof methods;
  amountMinor: number;
  currency: string;
};

/** `{ orderNo, method, amountMinor, currency? }`; throws for the first field that is bad. */
export function readNewPayment(body: unknown): NewPayment {
  const { orderNo, method, amountMinor, currency = 'EUR' } = asRecord(body);
  if (!isCount(orderNo, 2 ** 31 - 1)) throw badField('orderNo');
  if (typeof method !== 'string' || !Object.hasOwn(methods, method)) throw badField('method');
  if (!isCount(amountMinor, MAX_MINOR)) throw badField('amountMinor');
  if (typeof currency !== 'string' || !Object.hasOwn(exponents, currency)) throw badField('currency');
  return { orderNo, method: method as NewPayment['method'], amountMinor, currency };
}

/** `{ amountMinor? }`; undefined stands for all there is. */
export function readAmount(body: unknown): { amountMinor: number | undefined } {
  const { amountMinor } = asRecord(body);
  if (amountMinor !== undefined && !isCount(amountMinor, MAX_MINOR)) throw badField('amountMinor');
  return { amountMinor };
}

const MAX_MINOR = 999_999_999;

const isCount = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= max;

/** A body that is a list or a single value is none that can be read. */
function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('Body is invalid');
  return { ...value };
}
