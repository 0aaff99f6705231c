import { createServiceCall, ServiceError } from './call-service.ts';

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

export type CatalogClient = ReturnType<typeof createCatalogClient>;

/** How the web shop talks to the catalog, wherever that runs. Answers that are errors throw a ServiceError. */
export function createCatalogClient(baseUrl: string, apiKey?: string) {
  const call = createServiceCall(baseUrl, apiKey);

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
        if (error instanceof ServiceError && error.status === 404) return undefined;
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
