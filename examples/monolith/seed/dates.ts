/** Every date of the shop is counted from here; none from the clock. */
const OPENING_MS = Date.UTC(2009, 2, 2, 8, 0, 0);
const DAY_MS = 86_400_000;

/** An ISO timestamp on the given day after the shop's opening, at the given second of that day. */
export const timestamp = (day: number, second: number) =>
  new Date(OPENING_MS + day * DAY_MS + second * 1000).toISOString();

/** `YYYY-MM-DD` on the given day after the shop's opening. */
export const date = (day: number) => timestamp(day, 0).slice(0, 10);
