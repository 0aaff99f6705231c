import type { Operand } from '../command.ts';

export const migrationOperand: Operand = {
  name: 'ID',
  required: true,
  text: "a migration's name, as routes.yaml and `ficus status` have it",
};

/** Where the API has the migration. */
export function migrationPath(id: string, rest = ''): string {
  return `/api/migrations/${encodeURIComponent(id)}${rest}`;
}
