import type { Database } from '../db.ts';
import { badField } from '../refusal.ts';

export type NewOrder = {
  custNo: number;
  lines: { prodNo: number; quantity: number }[];
  remark: string | null;
};

const MAX_LINES = 50;
const FREE_SHIPPING_CENTS = 10_000;
const SHIPPING_CENTS = 490;

/** `{ CUST_NO, LINES: [{ PROD_NO, QTY }], REMARK? }`; throws for the first field that is bad. */
export function readNewOrder(body: unknown): NewOrder {
  const { CUST_NO, LINES, REMARK = null } = asRecord(body);
  if (!isCount(CUST_NO)) throw badField('CUST_NO');
  if (!Array.isArray(LINES) || LINES.length === 0 || LINES.length > MAX_LINES) throw badField('LINES');
  const lines = LINES.map((line, index) => {
    const { PROD_NO, QTY } = asRecord(line);
    if (!isCount(PROD_NO)) throw badField(`LINES[${index}].PROD_NO`);
    if (!isCount(QTY) || QTY > 999) throw badField(`LINES[${index}].QTY`);
    return { prodNo: PROD_NO, quantity: QTY };
  });
  if (REMARK !== null && (typeof REMARK !== 'string' || REMARK.length > 2000 || REMARK.includes('\0'))) {
    throw badField('REMARK');
  }
  return { custNo: CUST_NO, lines, remark: REMARK };
}

/** Writes order and lines at today's prices; returns the order's number. */
export async function placeOrder(database: Database, order: NewOrder): Promise<number> {
  return database.transaction(async (transaction) => {
    const customer = await transaction.row('SELECT 1 FROM legacy.CUSTOMER WHERE CUST_NO = $1', [
      order.custNo,
    ]);
    if (customer === undefined) throw badField('CUST_NO');
    const prices = await readPrices(transaction, order);
    const lines = order.lines.map(({ prodNo, quantity }, index) => {
      const unitCents = prices.get(prodNo);
      if (unitCents === undefined) throw badField(`LINES[${index}].PROD_NO`);
      return { prodNo, quantity, unitCents, lineCents: quantity * unitCents };
    });
    const goodsCents = lines.reduce((sum, line) => sum + line.lineCents, 0);
    const shippingCents = goodsCents >= FREE_SHIPPING_CENTS ? 0 : SHIPPING_CENTS;
    const written = await transaction.row<{ ordNo: number }>(
      `INSERT INTO legacy.ORDERS (CUST_NO, ORD_STAT, TOT_CTS, SHIP_CTS, REMARK)
       VALUES ($1, 'N', $2, $3, $4) RETURNING ORD_NO AS "ordNo"`,
      [order.custNo, String(goodsCents + shippingCents), String(shippingCents), order.remark],
    );
    if (written === undefined) throw new Error('Inserting an order returned no row');
    await transaction.rows(
      `INSERT INTO legacy.ORDER_LINE (ORD_NO, LINE_NO, PROD_NO, QTY, UNIT_CTS, LINE_CTS)
       SELECT $1, line.number, line.prodNo, line.quantity, line.unit::text, line.total::text
       FROM unnest($2::int[], $3::int[], $4::bigint[], $5::bigint[])
         WITH ORDINALITY AS line (prodNo, quantity, unit, total, number)`,
      [
        written.ordNo,
        lines.map((line) => line.prodNo),
        lines.map((line) => line.quantity),
        lines.map((line) => line.unitCents),
        lines.map((line) => line.lineCents),
      ],
    );
    return written.ordNo;
  });
}

/** Cents by product number, of the products that are still sold. */
async function readPrices(database: Database, order: NewOrder): Promise<Map<number, number>> {
  const rows = await database.rows<{ prodNo: number; cents: string }>(
    `SELECT PROD_NO AS "prodNo", PRICE_CTS AS cents FROM legacy.PRODUCT WHERE PROD_NO = ANY($1) AND STAT = 'A'`,
    [order.lines.map((line) => line.prodNo)],
  );
  return new Map(rows.map(({ prodNo, cents }) => [prodNo, Number(cents)]));
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;
