export const sortFields = ['name', 'price', 'createdAt', 'productId'] as const;

/** What `GET /api/products` sorts by. */
export type SortField = (typeof sortFields)[number];
