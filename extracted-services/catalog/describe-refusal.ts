import { ApiError, type DescribeRefusal } from '@ficus/service-kit';
import { readListQuery } from './products/list-query.ts';
import { readNewProduct } from './products/new-product.ts';
import { parametersAsSent } from './products/routes.ts';

/**
 * The monolith's words for what the API file refuses. Which parameter or field is the first bad one is asked of the
 * readers: they know the finer rules too, and so may find one before the file's.
 */
export const describeRefusal: DescribeRefusal = ({ status, reason }, request) => {
  if (status === 401) return 'A valid X-Api-Key is needed';
  if (reason?.is === 'parameter') return complaintOf(() => readListQuery(parametersAsSent(request)));
  if (reason?.is === 'field' || reason?.is === 'body') return complaintOf(() => readNewProduct(request.body));
  return undefined;
};

function complaintOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? error.message : undefined;
  }
}
