import type { CanaryWindow, CanaryWindows } from '../../routing/model.ts';

export interface WindowState {
  readonly open: boolean;
  /** When steps go on; absent when it is open, or when it never opens within two weeks. */
  readonly opensAtMs?: number;
}

const LOOK_AHEAD_DAYS = 14;

/**
 * Whether steps may be taken at a moment. Times are wall-clock times of the window's own zone: 15:00 is 15:00 on either
 * side of a change of the clocks, an hour that comes twice counts twice, and one that is left out not at all.
 */
export function windowState(windows: CanaryWindows | undefined, nowMs: number): WindowState {
  if (!windows || isOpen(windows, nowMs)) return { open: true };
  const opensAtMs = boundaries(windows, nowMs).find((at) => isOpen(windows, at));
  return { open: false, ...(opensAtMs === undefined ? {} : { opensAtMs }) };
}

function isOpen({ only, not }: CanaryWindows, atMs: number): boolean {
  if (only.length > 0 && !only.some((window) => isWithin(window, atMs))) return false;
  return !not.some((window) => isWithin(window, atMs));
}

/** A window whose end is not after its start goes on into the next day; `days` are those on which it starts. */
function isWithin({ days, fromMinute, toMinute, zone }: CanaryWindow, atMs: number): boolean {
  const { dayOfWeek, hour, minute } = zoned(atMs, zone);
  const minutes = hour * 60 + minute;
  const isToday = days.includes(dayOfWeek);
  if (fromMinute < toMinute) return isToday && minutes >= fromMinute && minutes < toMinute;
  const wasYesterday = days.includes(dayOfWeek === 1 ? 7 : dayOfWeek - 1);
  return (isToday && minutes >= fromMinute) || (wasYesterday && minutes < toMinute);
}

/** Every moment at which a window may begin or end, and every change of the clocks, in order, after now. */
function boundaries({ only, not }: CanaryWindows, nowMs: number): number[] {
  const moments = [...only, ...not].flatMap(({ fromMinute, toMinute, zone }) => {
    const now = zoned(nowMs, zone);
    const today = now.toPlainDate();
    const change = now.getTimeZoneTransition('next');
    const dayStarts = Array.from({ length: LOOK_AHEAD_DAYS }, (_, days) => today.add({ days }));
    return [
      ...dayStarts.flatMap((day) =>
        [fromMinute, toMinute].map((minutes) => atWallTime(day, minutes, zone).epochMilliseconds),
      ),
      ...(change ? [change.epochMilliseconds] : []),
    ];
  });
  return moments.filter((at) => at > nowMs).sort((one, other) => one - other);
}

function atWallTime(day: Temporal.PlainDate, minutes: number, zone: string): Temporal.ZonedDateTime {
  // 24:00 is the next day's beginning.
  const onDay = day.add({ days: Math.floor(minutes / 1440) });
  const time = { hour: Math.floor((minutes % 1440) / 60), minute: minutes % 60 };
  return onDay.toPlainDateTime(time).toZonedDateTime(zone);
}

/** `Mon 2026-11-30 09:00 Europe/Berlin`, in the zone of the first window. */
export function windowTime({ only, not }: CanaryWindows, atMs: number): string {
  const zone = [...only, ...not][0]?.zone ?? 'UTC';
  const at = zoned(atMs, zone);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${dayNames[at.dayOfWeek - 1]} ${at.year}-${two(at.month)}-${two(at.day)}`;
  return `${day} ${two(at.hour)}:${two(at.minute)} ${zone}`;
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function zoned(atMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
}
