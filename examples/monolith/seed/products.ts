import { timestamp } from './dates.ts';
import type { Random } from './random.ts';
import { categoryWords, materials, qualities, sentences } from './words.ts';

export type CategoryRow = { CAT_CD: string; CAT_NM: string; PARENT_CD: string | null };
export const categoryTypes = { CAT_CD: 'text', CAT_NM: 'text', PARENT_CD: 'text' };

export type ProductRow = {
  PROD_NO: number;
  SKU: string;
  PROD_NM: string;
  DESCR: string | null;
  CAT_CD: string;
  PRICE_CTS: string;
  CURR: string;
  STOCK_QTY: number;
  WGT_G: number | null;
  STAT: string;
  CRT_TS: string;
  UPD_TS: string;
};
export const productTypes = {
  PROD_NO: 'integer',
  SKU: 'text',
  PROD_NM: 'text',
  DESCR: 'text',
  CAT_CD: 'text',
  PRICE_CTS: 'text',
  CURR: 'text',
  STOCK_QTY: 'integer',
  WGT_G: 'integer',
  STAT: 'text',
  CRT_TS: 'timestamptz',
  UPD_TS: 'timestamptz',
};

const categoryCode = (index: number) => `CAT-${String(index + 1).padStart(2, '0')}`;

export function makeCategories(): CategoryRow[] {
  let parent: string | null = null;
  return categoryWords.map(({ name, goods }, index) => {
    const code = categoryCode(index);
    if (goods === undefined) parent = code;
    return { CAT_CD: code, CAT_NM: name, PARENT_CD: goods === undefined ? null : parent };
  });
}

export function makeProducts(random: Random, count: number): ProductRow[] {
  const subcategories = categoryWords
    .map(({ goods }, index) => ({ code: categoryCode(index), goods }))
    .filter(({ goods }) => goods !== undefined);
  return Array.from({ length: count }, (_, index) => {
    const { code, goods = [] } = random.pick(subcategories);
    const name = `${random.pick(qualities)} ${random.pick(materials)} ${random.pick(goods)}`;
    // Products are numbered in the order in which they came, about one every three days.
    const createdDay = Math.floor(index * 2.5) + random.int(0, 2);
    return {
      PROD_NO: index + 1,
      SKU: `${code.slice(4)}-${String(1000 + index)}`,
      PROD_NM: name,
      DESCR: random.chance(1 / 3) ? null : `${name}. ${random.pick(sentences)}`,
      CAT_CD: code,
      PRICE_CTS: String(makePrice(random)),
      CURR: 'EUR',
      STOCK_QTY: random.chance(0.15) ? 0 : random.int(1, 400),
      WGT_G: random.chance(1 / 3) ? null : random.int(2, 1500) * 10,
      STAT: random.chance(0.1) ? 'D' : 'A',
      CRT_TS: timestamp(createdDay, random.int(0, 36_000)),
      UPD_TS: timestamp(createdDay + random.int(10, 700), random.int(0, 36_000)),
    };
  });
}

/** Cents: mostly x.99 and x.50, some odd ones, a few that are dear. */
function makePrice(random: Random): number {
  const euros = random.chance(0.05) ? random.int(500, 4000) : random.int(2, 200);
  return euros * 100 + random.pick([99, 99, 50, 0, 95, random.int(1, 98)]);
}
