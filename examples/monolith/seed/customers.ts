import { timestamp } from './dates.ts';
import type { Random } from './random.ts';
import { cities, companies, firstNames, lastNames, streets } from './words.ts';

export type CustomerRow = {
  CUST_NO: number;
  CUST_TYP: string;
  FIRST_NM: string;
  LAST_NM: string;
  COMPANY_NM: string | null;
  EMAIL: string;
  PHONE: string | null;
  STREET: string;
  ZIP: string;
  CITY: string;
  CTRY: string;
  NEWSL: string;
  CRT_TS: string;
  UPD_TS: string;
};
export const customerTypes = {
  CUST_NO: 'integer',
  CUST_TYP: 'text',
  FIRST_NM: 'text',
  LAST_NM: 'text',
  COMPANY_NM: 'text',
  EMAIL: 'text',
  PHONE: 'text',
  STREET: 'text',
  ZIP: 'text',
  CITY: 'text',
  CTRY: 'text',
  NEWSL: 'text',
  CRT_TS: 'timestamptz',
  UPD_TS: 'timestamptz',
};

export function makeCustomers(random: Random, count: number): CustomerRow[] {
  return Array.from({ length: count }, (_, index) => {
    const isCompany = random.chance(0.12);
    const place = random.pick(cities);
    const createdDay = index + random.int(0, 30);
    return {
      CUST_NO: index + 1,
      CUST_TYP: isCompany ? 'B' : 'P',
      FIRST_NM: random.pick(firstNames),
      LAST_NM: random.pick(lastNames),
      COMPANY_NM: isCompany ? random.pick(companies) : null,
      EMAIL: `customer${index + 1}@example.com`,
      PHONE: random.chance(0.4) ? null : `+49 30 ${random.int(1_000_000, 9_999_999)}`,
      STREET: `${random.pick(streets)} ${random.int(1, 180)}`,
      ZIP: place.zip,
      CITY: place.city,
      CTRY: place.country,
      NEWSL: random.chance(0.3) ? 'Y' : 'N',
      CRT_TS: timestamp(createdDay, random.int(0, 80_000)),
      UPD_TS: timestamp(createdDay + random.int(0, 300), random.int(0, 80_000)),
    };
  });
}
