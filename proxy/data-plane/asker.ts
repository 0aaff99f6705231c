import { stickyValueOf } from '../routing/sticky-value.ts';
import type { HeaderFields } from './header-fields.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { LiveMigration, Snapshot } from './snapshot.ts';
import { type Claims, noClaims } from './verified-claims.ts';

/** Who sends a request, for stickiness and for flags: worked out where somebody wants to know, and then once. */
export class Asker {
  readonly fields: HeaderFields;
  readonly #snapshot: Snapshot;
  readonly #live: LiveMigration;
  readonly #request: ForwardableRequest;
  #claims: Claims | undefined;
  #sticky: { readonly value: string | undefined } | undefined;

  constructor(snapshot: Snapshot, live: LiveMigration, request: ForwardableRequest, fields: HeaderFields) {
    this.#snapshot = snapshot;
    this.#live = live;
    this.#request = request;
    this.fields = fields;
  }

  get claims(): Claims {
    this.#claims ??= this.#live.readsClaims ? this.#snapshot.claims.of(this.fields) : noClaims;
    return this.#claims;
  }

  /** Undefined where nothing recognises the user. */
  get sticky(): string | undefined {
    this.#sticky ??= { value: this.#findSticky() };
    return this.#sticky.value;
  }

  /** The same for a user who comes again: by chance they are another each time. */
  get lastingSticky(): string | undefined {
    return this.sticky === this.#request.id ? undefined : this.sticky;
  }

  #findSticky(): string | undefined {
    return stickyValueOf(this.#live.migration.stickBy, {
      header: (name) => this.fields.value(name),
      claim: (name) => this.claims.get(name)?.[0],
      remoteAddress: this.#request.client.address,
      random: () => this.#request.id,
    });
  }
}
