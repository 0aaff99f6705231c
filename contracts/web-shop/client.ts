/** What the web shop needs of a product; it ignores the rest. */
export type Product = {
  productId: string;
  sku: string;
  name: string;
  /** Null shows "No description yet"; the shop's page breaks without it. */
  description: string | null;
  categoryId: string;
  price: number;
  currency: string;
  stock: number;
  status: 'active' | 'discontinued';
};

export type ProductPage = { items: Product[]; nextCursor: string | null; total: number };
export type Category = { categoryId: string; name: string; parentId: string | null; productCount: number };
export type NewProduct = { sku: string; name: string; categoryId: string; price: number; stock?: number };
export type ListOptions = {
  category?: string;
  q?: string;
  sort?: string;
  limit?: number;
  cursor?: string;
};

type Failure = { error: { code: string; message: string } };

export class CatalogError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: Failure['error']) {
    super(message);
    this.name = 'CatalogError';
    this.status = status;
    this.code = code;
  }
}

export type CatalogClient = ReturnType<typeof createCatalogClient>;

/** How the web shop talks to the catalog, wherever that runs. Answers that are errors throw a CatalogError. */
export function createCatalogClient(baseUrl: string, apiKey?: string) {
  async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    headers.set('Accept', 'application/json');
    if (apiKey !== undefined) headers.set('X-Api-Key', apiKey);
    const response = await fetch(new URL(path, baseUrl), { ...init, headers });
    const body: unknown = await response.json();
    if (!response.ok) throw new CatalogError(response.status, (body as Failure).error);
    return body as Answer;
  }

  return {
    listProducts(options: ListOptions = {}): Promise<ProductPage> {
      const query = Object.entries(options).map(([name, value]) => [name, String(value)]);
      return call(`/api/products?${new URLSearchParams(query)}`);
    },

    /** Undefined when there is no such product. */
    async findProduct(productId: string): Promise<Product | undefined> {
      try {
        return await call(`/api/products/${encodeURIComponent(productId)}`);
      } catch (error) {
        if (error instanceof CatalogError && error.status === 404) return undefined;
        throw error;
      }
    },

    async listCategories(): Promise<Category[]> {
      return (await call<{ items: Category[] }>('/api/categories')).items;
    },

    addProduct(product: NewProduct): Promise<Product> {
      const headers = { 'Content-Type': 'application/json' };
      return call('/api/products', { method: 'POST', headers, body: JSON.stringify(product) });
    },
  };
}
