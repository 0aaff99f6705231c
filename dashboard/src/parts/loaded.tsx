import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';

/** What was read, as soon and as long as there is some; above it why there is nothing newer. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const { data, error, dataUpdatedAt } = query;
  // That nobody answers at all is said once, at the top.
  const isSaidElsewhere = error instanceof ApiError && error.status === 0;
  return (
    <>
      {error && !isSaidElsewhere && (
        <Notice tone="warn" title={error.message}>
          {data !== undefined && (
            <>
              Shown is the state of <Time at={new Date(dataUpdatedAt).toISOString()} seconds />.
            </>
          )}
        </Notice>
      )}
      {data !== undefined ? children(data) : !error && <Waiting />}
    </>
  );
}

/** Shows itself only when it takes long (styles/base.css). */
export function Waiting() {
  return (
    <p className="waiting" role="status">
      Asking Ficus …
    </p>
  );
}
