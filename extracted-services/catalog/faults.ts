import type { Category } from './categories/queries.ts';
import type { Product } from './products/representation.ts';

/**
 * Mistakes that extractions really make, to be switched on so that a demonstration has something to find:
 * - `rounded-prices`: prices went through a column that was declared `numeric(10, 1)`, so 19.99 comes out as 20,
 *   while 4.50 stays what it was;
 * - `dropped-null`: the serializer was told to leave out nulls, so `description` is missing instead of null;
 * - `moved-category`: another collation sorts one of the categories to the end.
 */
export const faultNames = ['rounded-prices', 'dropped-null', 'moved-category'] as const;
export type Fault = (typeof faultNames)[number];

/** What clients get to see of a product, with the faults in it. */
export type ShownProduct = Omit<Product, 'description'> & { description?: string | null };

export function showWithFaults(faults: readonly Fault[]): (product: Product) => ShownProduct {
  const roundsPrices = faults.includes('rounded-prices');
  const dropsNull = faults.includes('dropped-null');
  return (product) => {
    const shown: ShownProduct = { ...product };
    if (roundsPrices) shown.price = Math.round(product.price * 10) / 10;
    if (dropsNull && product.description === null) delete shown.description;
    return shown;
  };
}

/** Categories in the order in which clients get to see them, with the faults in it. */
export function orderWithFaults(faults: readonly Fault[]): (categories: Category[]) => Category[] {
  if (!faults.includes('moved-category')) return (categories) => categories;
  return ([first, second, ...rest]) => [first, ...rest, second].filter((one) => one !== undefined);
}
