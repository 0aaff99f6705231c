/** What of a request is told when it has to be broken off. */
export interface UnderWayRequest {
  readonly id: string;
}

/** The requests of this process that have no outcome yet. */
export class RequestsUnderWay {
  readonly #requests = new Set<UnderWayRequest>();

  started(request: UnderWayRequest): void {
    this.#requests.add(request);
  }

  ended(request: UnderWayRequest): void {
    this.#requests.delete(request);
  }

  ids(): string[] {
    return [...this.#requests].map(({ id }) => id);
  }
}
