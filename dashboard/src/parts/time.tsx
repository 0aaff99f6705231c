const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const dateWithSeconds = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** An ISO time, in the reader's zone; in UTC when pointed at. */
export function Time({ at, seconds = false }: { at: string; seconds?: boolean }) {
  const time = new Date(at);
  // The guard writes "some time" where it no longer knows.
  if (Number.isNaN(time.getTime())) return <span>{at}</span>;
  const utc = `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return (
    <time dateTime={time.toISOString()} title={utc}>
      {(seconds ? dateWithSeconds : date).format(time)}
    </time>
  );
}
