/** "129900" to "1299.00", for people; JSON keeps the cents. */
export function formatCents(cents: string): string {
  const padded = cents.padStart(3, '0');
  return `${padded.slice(0, -2)}.${padded.slice(-2)}`;
}
