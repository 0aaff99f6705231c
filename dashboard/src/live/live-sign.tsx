import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { staleAfter } from './stale-after.ts';
import { onEvent, startStream, useLive } from './stream.ts';

/** Events come in bunches: what each makes stale is read once for all of them. */
const gatherMs = 150;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Keeps what is on the page in step with Ficus, and says quietly whether that works. */
export function LiveSign() {
  useEvents();
  const { isLive, seenAt } = useLive();
  if (isLive)
    return (
      <span className="live on" title="What changes is shown as it does">
        Live
      </span>
    );
  if (seenAt === undefined) return <span className="live" />;
  const at = new Date(seenAt);
  return (
    <span
      className="live"
      title={`Last heard at ${at.toISOString()}; asked for again now and then meanwhile`}
    >
      Seen {clock.format(at)}
    </span>
  );
}

function useEvents(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let stale = new Map<string, ReturnType<typeof staleAfter>[number]>();
    let timer: number | undefined;
    const read = () => {
      const filters = [...stale.values()];
      stale = new Map();
      timer = undefined;
      for (const filter of filters) void queries.invalidateQueries(filter);
    };
    const stopListening = onEvent((event) => {
      for (const filter of staleAfter(event)) stale.set(JSON.stringify(filter), filter);
      if (stale.size > 0) timer ??= window.setTimeout(read, gatherMs);
    });
    const stopStream = startStream();
    return () => {
      stopStream();
      stopListening();
      clearTimeout(timer);
    };
  }, [queries]);
}
