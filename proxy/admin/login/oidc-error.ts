/** Why nobody is logged in, in a sentence for whoever tried. */
export class OidcError extends Error {}
