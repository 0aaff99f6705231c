import type { PoolClient } from '@ficus/service-kit';

export type Booking = {
  paymentNo: number;
  kind: 'authorise' | 'capture' | 'refund';
  currency: string;
  amountMinor: number;
  /** Of a capture: what had been authorised, all of which is no longer held. */
  releasedMinor?: number;
};

type Entry = [account: string, amountMinor: number];

/**
 * Adds one transaction to the ledger. That its entries sum to zero in each currency is the database's to see to,
 * when the transaction commits; nothing here or elsewhere can change or remove what has been booked.
 */
export async function book(client: PoolClient, booking: Booking): Promise<void> {
  const entries = entriesOf(booking);
  await client.query(
    `WITH booked AS (
       INSERT INTO payments.ledger_transaction (payment_no, kind) VALUES ($1, $2) RETURNING transaction_id
     )
     INSERT INTO payments.ledger_entry (transaction_id, account, currency, amount_minor)
     SELECT transaction_id, account, $3, amount FROM booked, unnest($4::text[], $5::bigint[]) AS entry (account, amount)`,
    [
      booking.paymentNo,
      booking.kind,
      booking.currency,
      entries.map(([account]) => account),
      entries.map(([, amount]) => amount),
    ],
  );
}

function entriesOf({ kind, amountMinor, releasedMinor = 0 }: Booking): Entry[] {
  switch (kind) {
    case 'authorise':
      return between('psp:held', 'customer:held', amountMinor);
    case 'capture':
      return [
        ...between('customer:held', 'psp:held', releasedMinor),
        ...between('psp:receivable', 'customer:paid', amountMinor),
      ];
    case 'refund':
      return between('customer:paid', 'psp:receivable', amountMinor);
  }
}

const between = (debit: string, credit: string, amountMinor: number): Entry[] => [
  [debit, amountMinor],
  [credit, -amountMinor],
];
