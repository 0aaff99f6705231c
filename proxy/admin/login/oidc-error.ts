/** Why nobody is logged in, in a sentence for whoever tried. */
export class OidcError extends Error {}

/** The provider knows them, and nobody here has given them a role. */
export class NoRoleError extends OidcError {
  /** As the audit has them. */
  readonly user: string;

  constructor(user: string) {
    super(`${user} has no role here: ask whoever runs Ficus for one.`);
    this.user = user;
  }
}
