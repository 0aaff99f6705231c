import type { Database } from '../db.ts';
import { customerTypes, makeCustomers } from './customers.ts';
import { documentTypes, makeDocuments } from './documents.ts';
import { insertRows } from './insert-rows.ts';
import { invoiceTypes, makeInvoices, makePayments, paymentTypes } from './money.ts';
import { makeOrders, orderLineTypes, orderTypes } from './orders.ts';
import { categoryTypes, makeCategories, makeProducts, productTypes } from './products.ts';
import { createRandom } from './random.ts';
import { indexesAndKeysSql, tablesSql } from './schema.ts';
import { makeUsers, userTypes } from './users.ts';

/** Raise it when the schema or the data changes: a database made by another version is refused. */
const SEED_VERSION = 2;
const PRODUCTS = 2000;
const CUSTOMERS = 5000;
const ORDERS = 20_000;

/**
 * Creates and fills schema `legacy` unless it is there already. All of it is one transaction under a lock:
 * an interrupted seeding leaves nothing behind, and a second monolith waits for the first.
 */
export async function seedOnce(database: Database): Promise<'seeded' | 'found'> {
  return database.transaction(async (transaction) => {
    await transaction.rows(`SELECT pg_advisory_xact_lock(hashtext('ficus-monolith-seed'))`);
    if (await isSeeded(transaction)) return 'found';
    await transaction.rows(tablesSql);
    await fill(transaction);
    await transaction.rows(indexesAndKeysSql);
    await transaction.rows('INSERT INTO legacy.SEED (VERSION) VALUES ($1)', [SEED_VERSION]);
    return 'seeded';
  });
}

async function isSeeded(database: Database): Promise<boolean> {
  const found = await database.row<{ schema: string | null; seed: string | null }>(
    `SELECT to_regnamespace('legacy')::text AS schema, to_regclass('legacy.seed')::text AS seed`,
  );
  if (found?.schema == null) return false;
  const seed =
    found.seed === null
      ? undefined
      : await database.row<{ version: number }>('SELECT VERSION AS version FROM legacy.SEED');
  if (seed?.version === SEED_VERSION) return true;
  const made =
    seed === undefined ? "is not the monolith's" : `was filled by version ${seed.version} of the seeds`;
  throw new Error(
    `Schema "legacy" in the database ${made}; version ${SEED_VERSION} is needed. ` +
      'Name another database in DATABASE_URL, or drop the schema to have it filled again.',
  );
}

async function fill(database: Database): Promise<void> {
  // One sequence of numbers a table: more products do not change the customers.
  const products = makeProducts(createRandom(1), PRODUCTS);
  const customers = makeCustomers(createRandom(2), CUSTOMERS);
  const { orders, lines } = makeOrders(createRandom(3), ORDERS, CUSTOMERS, products);
  const payments = makePayments(createRandom(4), orders);
  const invoices = makeInvoices(createRandom(5), orders);

  await insertRows(database, 'legacy.CATEGORY', categoryTypes, makeCategories());
  await insertRows(database, 'legacy.PRODUCT', productTypes, products);
  await insertRows(database, 'legacy.CUSTOMER', customerTypes, customers);
  await insertRows(database, 'legacy.ORDERS', orderTypes, orders);
  await insertRows(database, 'legacy.ORDER_LINE', orderLineTypes, lines);
  await insertRows(database, 'legacy.PAYMENT', paymentTypes, payments);
  await insertRows(database, 'legacy.INVOICE', invoiceTypes, invoices);
  await insertRows(database, 'legacy.DOCUMENT', documentTypes, makeDocuments(createRandom(6)));
  await insertRows(database, 'legacy.APP_USER', userTypes, await makeUsers());

  await database.rows(
    `SELECT setval('legacy.prod_no_seq', $1::int), setval('legacy.cust_no_seq', $2::int),
            setval('legacy.ord_no_seq', $3::int), setval('legacy.pay_no_seq', $4::int),
            setval('legacy.inv_no_seq', $5::int)`,
    [products.length, customers.length, orders.length, payments.length, invoices.length],
  );
  await database.rows(
    'ANALYZE legacy.PRODUCT, legacy.CUSTOMER, legacy.ORDERS, legacy.ORDER_LINE, legacy.PAYMENT, legacy.INVOICE',
  );
}
