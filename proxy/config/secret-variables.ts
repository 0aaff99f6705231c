/** Variables of the environment that routes.yaml may name, such as `FICUS_SECRET_CATALOG`. */
export const secretPrefix = 'FICUS_SECRET_';

export function isSecretVariable(name: string): boolean {
  return /^FICUS_SECRET_[A-Z0-9_]{1,100}$/.test(name);
}
