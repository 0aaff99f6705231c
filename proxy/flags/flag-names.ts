/** The flag that asks for a share of users to be answered by the service. */
export const serveFlag = (migrationId: string): string => `${migrationId}.serve`;

/** The flag that asks for a share of requests to be copied. */
export const shadowFlag = (migrationId: string): string => `${migrationId}.shadow`;

export const flagOf = (migrationId: string, which: 'serve' | 'shadow'): string =>
  which === 'serve' ? serveFlag(migrationId) : shadowFlag(migrationId);
