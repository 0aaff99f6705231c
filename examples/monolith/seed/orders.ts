import { timestamp } from './dates.ts';
import type { ProductRow } from './products.ts';
import type { Random } from './random.ts';
import { cancelReasons, remarks } from './words.ts';

export type OrderRow = {
  ORD_NO: number;
  CUST_NO: number;
  ORD_TS: string;
  ORD_STAT: string;
  TOT_CTS: string;
  SHIP_CTS: string;
  CURR: string;
  REMARK: string | null;
  CANC_REAS: string | null;
};
export const orderTypes = {
  ORD_NO: 'integer',
  CUST_NO: 'integer',
  ORD_TS: 'timestamptz',
  ORD_STAT: 'text',
  TOT_CTS: 'text',
  SHIP_CTS: 'text',
  CURR: 'text',
  REMARK: 'text',
  CANC_REAS: 'text',
};

export type OrderLineRow = {
  ORD_NO: number;
  LINE_NO: number;
  PROD_NO: number;
  QTY: number;
  UNIT_CTS: string;
  LINE_CTS: string;
};
export const orderLineTypes = {
  ORD_NO: 'integer',
  LINE_NO: 'integer',
  PROD_NO: 'integer',
  QTY: 'integer',
  UNIT_CTS: 'text',
  LINE_CTS: 'text',
};

/** The shop took its orders over this many days. */
const SHOP_DAYS = 5800;

/** The day, counted from the shop's opening, on which an order came in: they are numbered as they came. */
export const orderDay = (orderNo: number, orderCount: number) =>
  Math.floor((orderNo / orderCount) * SHOP_DAYS);

export function makeOrders(
  random: Random,
  count: number,
  customerCount: number,
  products: readonly ProductRow[],
): { orders: OrderRow[]; lines: OrderLineRow[] } {
  const lines: OrderLineRow[] = [];
  const orders = Array.from({ length: count }, (_, index) => {
    const orderNo = index + 1;
    const orderLines = makeLines(random, orderNo, products);
    lines.push(...orderLines);
    const goods = orderLines.reduce((sum, line) => sum + Number(line.LINE_CTS), 0);
    const shipping = goods >= 10_000 ? 0 : 490;
    const status = makeStatus(random, orderNo, count);
    return {
      ORD_NO: orderNo,
      CUST_NO: random.int(1, customerCount),
      ORD_TS: timestamp(orderDay(orderNo, count), random.int(0, 57_000)),
      ORD_STAT: status,
      TOT_CTS: String(goods + shipping),
      SHIP_CTS: String(shipping),
      CURR: 'EUR',
      REMARK: random.chance(0.25) ? random.pick(remarks) : null,
      CANC_REAS: status === 'C' ? random.pick(cancelReasons) : null,
    };
  });
  return { orders, lines };
}

function makeLines(random: Random, orderNo: number, products: readonly ProductRow[]): OrderLineRow[] {
  return Array.from({ length: random.int(1, 5) }, (_, index) => {
    const product = random.pick(products);
    const quantity = random.chance(0.7) ? 1 : random.int(2, 6);
    return {
      ORD_NO: orderNo,
      LINE_NO: index + 1,
      PROD_NO: product.PROD_NO,
      QTY: quantity,
      UNIT_CTS: product.PRICE_CTS,
      LINE_CTS: String(quantity * Number(product.PRICE_CTS)),
    };
  });
}

/** Old orders are done with; only among the last three hundred are some new, or paid and waiting. */
function makeStatus(random: Random, orderNo: number, count: number): string {
  if (orderNo > count - 300) return random.pick(['N', 'N', 'P', 'P', 'S', 'C']);
  if (random.chance(0.06)) return 'C';
  return random.chance(0.05) ? 'R' : 'S';
}
