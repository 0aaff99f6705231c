import type {
  ApprovalRule,
  CanaryWindow,
  CanaryWindows,
  Migration,
  StepWebhook,
  StepWebhooks,
} from '../routing/model.ts';
import { defaults } from './defaults.ts';
import { httpUrlProblem } from './http-url-problem.ts';
import { type Path, quote, type Reading, type Report } from './problem.ts';
import { readShare } from './read-percentage.ts';
import type { MigrationConfig } from './schema.ts';
import type { WebhookConfig, WindowConfig, WindowDay } from './schema-canary.ts';
import type { Sound } from './sound.ts';

type Config = Sound<NonNullable<MigrationConfig['canary']>>;
type Windows = Sound<NonNullable<NonNullable<MigrationConfig['canary']>['windows']>>;
type Webhooks = Sound<NonNullable<NonNullable<MigrationConfig['canary']>['webhooks']>>;

const WEBHOOK_TIMEOUT_MS = 5000;
const isoDays: Readonly<Record<WindowDay, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

/** How a migration goes from step to step. */
export function compileCanary(config: Config, path: Path, report: Report): Migration['canary'] {
  const { holdMinutes, minRequests } = { ...defaults.canary, ...config };
  const { windows, approvals, webhooks } = config;
  return {
    steps: compileSteps(config.steps ?? defaults.canary.steps, [...path, 'steps'], report),
    holdMinutes,
    minRequests,
    ...(windows && { windows: compileWindows(windows, [...path, 'windows'], report) }),
    ...(approvals && { approvals: compileApprovals(approvals, [...path, 'approvals'], report) }),
    ...(webhooks && { webhooks: compileWebhooks(webhooks, [...path, 'webhooks'], report) }),
  };
}

function compileSteps(
  written: readonly (number | string | undefined)[],
  path: Path,
  report: Report,
): number[] {
  const steps: number[] = [];
  let unread = false;
  for (const [index, step] of written.entries()) {
    const share = step === undefined ? undefined : readShare(step);
    if (share && 'value' in share) {
      const before = steps.at(-1) ?? 0;
      if (share.value <= before) {
        report([...path, index], `${quote(step)} is not over the step before it, ${before}`);
      }
      steps.push(share.value);
    } else {
      unread = true;
      if (share) report([...path, index], share.problem);
    }
  }
  if (!unread && steps.at(-1) !== 100) {
    report(path, 'must end with 100, where the service answers everybody');
  }
  return steps;
}

function compileWindows(config: Windows, path: Path, report: Report): CanaryWindows {
  if (config.only === undefined && config.not === undefined) {
    report(path, 'needs only (steps within these times), not (none within these), or both');
  }
  const read = (which: 'only' | 'not') =>
    (config[which] ?? []).flatMap((window, index) =>
      window === undefined ? [] : [compileWindow(window, [...path, which, index], report)],
    );
  return { only: read('only'), not: read('not') };
}

function compileWindow(config: Sound<WindowConfig>, path: Path, report: Report): CanaryWindow {
  const minutes = (setting: 'from' | 'to', byDefault: string) => {
    const reading = readTime(config[setting] ?? byDefault, setting === 'to');
    if ('value' in reading) return reading.value;
    report([...path, setting], reading.problem);
    return 0;
  };
  const { zone = 'UTC' } = config;
  if (!isZone(zone))
    report([...path, 'zone'], `${quote(zone)} is no time zone, such as Europe/Berlin or UTC`);
  const days = config.days?.flatMap((day) => (day === undefined ? [] : [isoDays[day]]));
  return {
    days: days ?? [1, 2, 3, 4, 5, 6, 7],
    fromMinute: minutes('from', '00:00'),
    toMinute: minutes('to', '24:00'),
    zone,
  };
}

function readTime(text: string, isEnd: boolean): Reading<number> {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  const value = Number(hours) * 60 + Number(minutes);
  if (isEnd && text === '00:00') return { value: 1440 };
  if (Number(minutes) < 60 && value < (isEnd ? 1441 : 1440)) return { value };
  return { problem: `${quote(text)} is no time of day, such as 09:30${isEnd ? ' or 24:00' : ''}` };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function compileApprovals(
  configs: NonNullable<Config['approvals']>,
  path: Path,
  report: Report,
): ApprovalRule[] {
  const rules: ApprovalRule[] = [];
  for (const [index, config] of configs.entries()) {
    if (config?.before === undefined) continue;
    const share = readShare(config.before);
    if ('problem' in share) {
      report([...path, index, 'before'], share.problem);
      continue;
    }
    const last = rules.at(-1)?.before ?? 0;
    if (share.value <= last) {
      report([...path, index, 'before'], `${quote(config.before)} is not over the one before it, ${last}`);
    }
    rules.push({ before: share.value, by: config.by ?? 1 });
  }
  return rules;
}

function compileWebhooks(config: Webhooks, path: Path, report: Report): StepWebhooks {
  if (config.before === undefined && config.after === undefined) {
    report(path, 'needs before, after, or both');
  }
  const read = (which: 'before' | 'after') =>
    (config[which] ?? []).flatMap((webhook, index) =>
      webhook === undefined ? [] : compileWebhook(webhook, [...path, which, index], report),
    );
  return { before: read('before'), after: read('after') };
}

function compileWebhook(config: Sound<WebhookConfig>, path: Path, report: Report): StepWebhook[] {
  const [url, at, timeoutMs] =
    typeof config === 'string'
      ? [config, path, WEBHOOK_TIMEOUT_MS]
      : [config.url, [...path, 'url'], config.timeoutMs ?? WEBHOOK_TIMEOUT_MS];
  if (url === undefined) return [];
  const problem = httpUrlProblem(url, 'must not carry a user or a password: requests are signed instead');
  if (problem !== undefined) {
    report(at, problem);
    return [];
  }
  return [{ url, timeoutMs }];
}
