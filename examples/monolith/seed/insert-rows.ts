import type { Database } from '../db.ts';

const ROWS_A_STATEMENT = 5000;

/**
 * Inserts objects whose keys are column names, some thousand rows a statement. Each column travels as one
 * array, so the statement's text and its number of parameters stay the same however many rows there are.
 */
export async function insertRows<Row extends object>(
  database: Database,
  table: string,
  types: { [Column in keyof Row]: string },
  rows: readonly Row[],
): Promise<void> {
  const names = Object.keys(types) as (keyof Row & string)[];
  const arrays = names.map((name, index) => `$${index + 1}::${types[name]}[]`);
  const statement = `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})`;
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const part = rows.slice(start, start + ROWS_A_STATEMENT);
    await database.rows(
      statement,
      names.map((name) => part.map((row) => row[name])),
    );
  }
}
