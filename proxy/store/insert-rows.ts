import type { Query } from './database.ts';

/** Rows a statement, largest first: few statements, each prepared once. */
const sizes = [100, 10, 1];

/**
 * Inserts rows that are not there yet. Each value is a parameter of its own: as arrays for `unnest` they would be
 * escaped here and unescaped there, which costs more than storing them.
 */
export async function insertRows(
  query: Query,
  into: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
  },
): Promise<void> {
  const { table, columns, rows } = into;
  for (let from = 0; from < rows.length; ) {
    const size = sizes.find((one) => one <= rows.length - from)!;
    const values = rows.slice(from, from + size).flat();
    await query(statement(table, columns, size), values, `${table} ${size}`);
    from += size;
  }
}

const statements = new Map<string, string>();

function statement(table: string, columns: readonly string[], rows: number): string {
  const name = `${table} ${rows}`;
  let text = statements.get(name);
  if (text === undefined) {
    const row = (index: number) =>
      columns.map((_, column) => `$${index * columns.length + column + 1}`).join();
    const all = Array.from({ length: rows }, (_, index) => `(${row(index)})`).join();
    text = `insert into ${table} (${columns.join()}) values ${all} on conflict do nothing`;
    statements.set(name, text);
  }
  return text;
}
