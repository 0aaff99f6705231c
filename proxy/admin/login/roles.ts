/** What somebody may do; each role may do what those before it may. */
export const roles = ['viewer', 'qa', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/** Who asks, proved by a login or, on loopback without one, taken at their word. */
export interface Identity {
  /** As the audit has it: `token:ci`, `user:alice@example.org`, `cli:alice`. */
  readonly name: string;
  readonly role: Role;
  readonly provedBy: 'token' | 'session' | 'nothing';
}

/** Who has `value` in `claim` of what the login provider says of them has the role. */
export interface RoleRule {
  readonly claim: string;
  readonly value: string;
  readonly role: Role;
}

export function mayActAs(has: Role, wanted: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(wanted);
}
