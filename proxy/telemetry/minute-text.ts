/** `2026-11-24 09:31 UTC` of an ISO time. */
export const minuteText = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
