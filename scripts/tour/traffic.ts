/** What the tour's clients saw of one request. */
export interface Seen {
  readonly status: number;
  /** `monolith` or the service's upstream id, from the debug header; empty when nobody answered. */
  readonly upstream: string;
  readonly userId: string;
}

/** A product path of the shop, the way its clients ask: lists, filters, pages, single products, categories. */
function pathOf(n: number): string {
  const product = `P-${String(((n * 37) % 2000) + 1).padStart(6, '0')}`;
  switch (n % 6) {
    case 0:
      return `/api/products?limit=20&sort=${n % 4 === 0 ? 'price' : 'name'}`;
    case 1:
      return `/api/products?q=${'abcdeimnorst'[n % 12]}&limit=10`;
    case 2:
      return `/api/products?minPrice=${n % 50}&maxPrice=${(n % 50) + 100}&inStock=true&limit=15`;
    case 3:
      return '/api/categories';
    default:
      return `/api/products/${product}`;
  }
}

/** Sends `count` GETs of `users` users, a few at a time, and tells what came back. */
export async function browse(proxyUrl: string, count: number, users: number, from = 0): Promise<Seen[]> {
  const seen: Seen[] = [];
  let next = from;
  const client = async (): Promise<void> => {
    while (next < from + count) {
      const n = next++;
      seen.push(await get(proxyUrl + pathOf(n), `user-${n % users}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return seen;
}

async function get(url: string, userId: string): Promise<Seen> {
  try {
    const answer = await fetch(url, {
      headers: { 'x-user-id': userId },
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return { status: answer.status, upstream: answer.headers.get('ficus-upstream') ?? '', userId };
  } catch {
    return { status: 0, upstream: '', userId };
  }
}

/** Users whom the service answered. */
export function usersOf(seen: readonly Seen[], upstream: string): Set<string> {
  return new Set(seen.filter((one) => one.upstream === upstream).map((one) => one.userId));
}

/** Answers that are no 200. */
export function failed(seen: readonly Seen[]): number {
  return seen.filter((one) => one.status !== 200).length;
}
