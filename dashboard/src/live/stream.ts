import { useSyncExternalStore } from 'react';
import type { ApiEvent } from '../../../proxy/admin/api-types.ts';

/** Ficus sends something every 15 seconds; longer silent, the connection is one in name only. */
const silentMs = 40_000;
/** A browser tries again by itself, but not after a refusal. */
const retryMs = 15_000;
/** A browser has few connections to one host, and each stream takes one: a tab nobody looks at gives it back. */
const hiddenMs = 30_000;
/** What is always changing, such as counts, is no event: it is asked for, though not often. */
const countsMs = 10_000;

const types: Readonly<Record<ApiEvent['type'], true>> = {
  ...{ migration: true, guard: true, signatures: true, verdict: true, config: true, kill: true },
  ...{ parts: true, audit: true, here: true, reset: true, beat: true },
};

interface Live {
  readonly isLive: boolean;
  /** Ms since the epoch at which Ficus was last heard. */
  readonly seenAt: number | undefined;
}

type Listener = (event: ApiEvent) => void;

let live: Live = { isLive: false, seenAt: undefined };
let source: EventSource | undefined;
let lastId = '';
const watchers = new Set<() => void>();
const listeners = new Set<Listener>();

/** Whether Ficus is heard now, and when it last was. */
export function useLive(): Live {
  return useSyncExternalStore(watch, () => live);
}

/** For `refetchInterval`: so often while nothing is heard; while events come, only as counts want it. */
export function pollEvery(ms: number): () => number {
  return () => (live.isLive ? Math.max(ms, countsMs) : ms);
}

/** Calls the listener with every event. Returns how to stop that. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens the page's one stream and keeps it open. Returns how to end that. */
export function startStream(): () => void {
  let hidden: number | undefined;
  const onVisibility = () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = window.setTimeout(close, hiddenMs);
    else if (!source) open();
  };
  const looking = window.setInterval(() => {
    const isSilent = live.isLive && Date.now() - (live.seenAt ?? 0) > silentMs;
    if (isSilent) close();
    if (!source && !document.hidden) open();
  }, retryMs);
  document.addEventListener('visibilitychange', onVisibility);
  open();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    clearTimeout(hidden);
    clearInterval(looking);
    close();
  };
}

function open(): void {
  close();
  const opened = new EventSource(`/api/events${lastId === '' ? '' : `?after=${lastId}`}`);
  source = opened;
  opened.onopen = () => set({ isLive: true, seenAt: Date.now() });
  opened.onerror = () => {
    set({ isLive: false, seenAt: live.seenAt });
    if (opened.readyState === EventSource.CLOSED && source === opened) source = undefined;
  };
  for (const type of Object.keys(types)) opened.addEventListener(type, hear);
}

function close(): void {
  source?.close();
  source = undefined;
  set({ isLive: false, seenAt: live.seenAt });
}

function hear(message: MessageEvent<string>): void {
  if (message.lastEventId !== '') lastId = message.lastEventId;
  set({ isLive: true, seenAt: Date.now() });
  const event: ApiEvent = JSON.parse(message.data);
  for (const listener of listeners) listener(event);
}

function set(next: Live): void {
  live = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
