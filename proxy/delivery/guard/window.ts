/** What one side answered in some stretch of time, and how much of it speaks against it. */
export interface SideSeen {
  readonly requests: number;
  readonly bad: number;
}

/** Both sides over the same time. */
export interface BothSeen {
  readonly service: SideSeen;
  readonly monolith: SideSeen;
}

export const nothingSeen: SideSeen = { requests: 0, bad: 0 };

export function addSeen(a: SideSeen, b: SideSeen): SideSeen {
  return { requests: a.requests + b.requests, bad: a.bad + b.bad };
}

export function addBoth(a: BothSeen, b: BothSeen): BothSeen {
  return { service: addSeen(a.service, b.service), monolith: addSeen(a.monolith, b.monolith) };
}

/** 0 to 1; 0 of nothing. */
export function badPart({ requests, bad }: SideSeen): number {
  return requests === 0 ? 0 : bad / requests;
}
