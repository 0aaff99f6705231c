import type { Sparkline as SideValues, Values } from '../../../proxy/admin/api-types.ts';
import { latest } from './chart-model.ts';
import { pathOf, sparkText } from './spark-path.ts';

const width = 100;
const height = 22;

/** Both sides lately, as two small lines on one scale; in words for those who do not see them. */
export function Sparkline({
  title,
  both,
  values,
  format,
}: {
  title: string;
  both: { readonly monolith: SideValues; readonly service: SideValues } | undefined;
  values: (side: SideValues) => Values;
  format: (value: number) => string;
}) {
  const monolith = both ? values(both.monolith) : [];
  const service = both ? values(both.service) : [];
  if (latest(monolith) === undefined && latest(service) === undefined)
    return <span className="sparkline" aria-hidden="true" />;
  const most = [...monolith, ...service].reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const text = `${title} lately: ${sparkText('monolith', monolith, format)}; ${sparkText('service', service, format)}`;
  return (
    <svg
      className="sparkline"
      viewBox={`-1 -1 ${width + 2} ${height + 2}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      <path className="monolith" d={pathOf(monolith, most, width, height)} />
      <path className="service" d={pathOf(service, most, width, height)} />
    </svg>
  );
}
