import type { PairRow } from '../../../../proxy/admin/api-types.ts';

/** A stored request as text: its first line, headers, an empty line and the body. */
export function requestText({ method, target, headers, body }: NonNullable<PairRow['request']>): string {
  return messageText(`${method} ${target}`, headers, body);
}

/** A stored answer as text; where there is none, why. */
export function answerText({ status, headers, body, detail }: NonNullable<PairRow['monolith']>): string {
  return status === undefined ? (detail ?? '') : messageText(`HTTP ${status}`, headers, body);
}

function messageText(first: string, headers: readonly string[], body: string): string {
  const lines = headers.flatMap((value, index) =>
    index % 2 === 1 ? [`${headers[index - 1]}: ${value}`] : [],
  );
  return [first, ...lines, '', body].join('\n');
}
