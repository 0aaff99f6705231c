/** The promise's outcome, or a rejection when it takes longer; what it does later is nobody's concern. */
export async function within<Result>(limitMs: number, promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`No result within ${limitMs} ms`));
    // When this process was busy for longer, the result may be waiting in a socket, which Node reads only after timers.
    timer = setTimeout(() => setImmediate(giveUp), limitMs);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
