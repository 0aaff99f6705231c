import type { EstateSeries, Values } from '../../../proxy/admin/api-types.ts';
import { percent } from '../format.ts';
import { latest, type Panel } from './chart-model.ts';

export function estatePanel({ routes, traffic }: EstateSeries): Panel {
  return {
    title: 'Progress',
    about: 'Of all routes and of all answers, the part of the services',
    format: percent,
    most: 1,
    atMost: 100,
    lines: [
      { label: 'routes', tone: 'service', values: partOf(routes.moved, routes.all) },
      { label: 'traffic', tone: 'copies', dash: 'long', values: partOf(traffic.service, traffic.all) },
    ],
  };
}

/** How far it is, and how far it was at the begin of the time shown. Undefined while nothing is known. */
export function progressText(series: EstateSeries): string | undefined {
  const moved = latest(series.routes.moved);
  const all = latest(series.routes.all);
  if (!moved || !all) return undefined;
  const [routes, traffic] = estatePanel(series).lines;
  return [
    `${moved.value} of ${all.value} routes moved${since(routes?.values ?? [])}`,
    `${lastPercent(traffic?.values ?? [])} of all answers by services${since(traffic?.values ?? [])}`,
  ].join('; ');
}

function since(values: Values): string {
  const first = values.find((value) => value !== null);
  return first === undefined || first === latest(values)?.value ? '' : `, from ${percent(first ?? 0)}`;
}

function lastPercent(values: Values): string {
  const last = latest(values);
  return last === undefined ? 'None' : percent(last.value);
}

function partOf(parts: Values, all: Values): Values {
  return parts.map((part, index) => {
    const whole = all[index] ?? null;
    return part === null || whole === null || whole === 0 ? null : (part / whole) * 100;
  });
}
