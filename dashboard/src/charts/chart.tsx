import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import type uPlot from 'uplot';
import { Time } from '../parts/time.tsx';
import { type Line, latest, type Panel } from './chart-model.ts';
import { type Drawn, dataOf, drawChart } from './draw-chart.ts';
import { ValuesTable } from './values-table.tsx';

export interface ChartProps extends Drawn {
  /** Which point is read, here or in a chart beside it; null: the last one. */
  readonly point: number | null;
  readonly onPoint: (index: number | null) => void;
}

/** Lines over time. Read by pointing, by arrow keys, and as a table. */
export function Chart({ panel, times, stepSeconds, marks, height, point, onPoint }: ChartProps) {
  const titleId = useId();
  const isEmpty = panel.lines.every(({ values }) => latest(values) === undefined);
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title" id={titleId}>
          {panel.title}
        </span>
        <span className="muted small chart-about">{panel.about}</span>
      </figcaption>
      <Legend panel={panel} point={point} />
      {isEmpty ? (
        <p className="chart-empty muted">Nothing was counted in this time.</p>
      ) : (
        <Plot
          // With other lines it is another chart.
          key={panel.lines.map(({ label }) => label).join()}
          {...{ panel, times, stepSeconds, marks, height, point, onPoint, titleId }}
        />
      )}
      <div className="chart-foot">
        <ValuesTable panel={panel} times={times} />
        <ReadAt time={point === null ? undefined : times[point]} />
      </div>
    </figure>
  );
}

function Plot({ titleId, point, onPoint, ...drawn }: ChartProps & { readonly titleId: string }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const current = useRef({ drawn, onPoint });
  current.current = { drawn, onPoint };

  useEffect(() => {
    const made = drawChart(
      element.current!,
      () => current.current.drawn,
      (index) => current.current.onPoint(index),
    );
    chart.current = made;
    const resizing = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== made.width) made.setSize({ width, height: made.height });
    });
    resizing.observe(element.current!);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => made.redraw(false);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resizing.disconnect();
      made.destroy();
    };
  }, []);

  const { panel, times, marks } = drawn;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read from `current`
  useEffect(() => chart.current?.setData(dataOf(current.current.drawn)), [panel, times, marks]);

  useEffect(() => {
    const made = chart.current;
    if (!made || (made.cursor.idx ?? null) === point) return;
    const time = point === null ? undefined : times[point];
    const left = time === undefined ? -10 : made.valToPos(time, 'x');
    made.setCursor({ left, top: time === undefined ? -10 : 10 }, false);
  }, [point, times]);

  const last = times.length - 1;
  const shown = Math.min(point ?? last, last);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = pointAfter(event.key, shown, last);
    if (next === undefined) return;
    event.preventDefault();
    onPoint(next);
  };
  return (
    <div
      ref={element}
      className="chart-plot"
      role="slider"
      tabIndex={0}
      aria-labelledby={titleId}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown}
      aria-valuetext={spoken(panel, times[shown] ?? 0, shown)}
      onKeyDown={onKeyDown}
      onBlur={() => onPoint(null)}
    />
  );
}

/** Undefined: the key means nothing here. */
function pointAfter(key: string, from: number, last: number): number | null | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'Escape') return null;
  const step = steps[key];
  return step === undefined ? undefined : Math.min(last, Math.max(0, from + step));
}

const spokenTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function spoken({ lines, format }: Panel, time: number, point: number): string {
  const values = lines.map((line) => `${line.label} ${valueText(line, point, format)}`);
  return `${spokenTime.format(time * 1000)}: ${values.join(', ')}`;
}

function valueText({ values }: Line, point: number, format: Panel['format']): string {
  const value = values[point] ?? null;
  return value === null ? '–' : format(value);
}

/** The lines by name, with their values where somebody points, else the last ones. */
function Legend({ panel, point }: { panel: Panel; point: number | null }) {
  return (
    <ul className="chart-legend">
      {panel.lines.map((line) => (
        <li key={line.label}>
          <svg className={`key ${line.tone}`} viewBox="0 0 18 4" aria-hidden="true">
            <line x1="0" y1="2" x2="18" y2="2" {...(line.dash && { className: line.dash })} />
          </svg>
          {line.label}{' '}
          <span className="value">
            {point === null ? lastText(line, panel.format) : valueText(line, point, panel.format)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Of when the values beside the names are. */
function ReadAt({ time }: { time: number | undefined }) {
  return (
    <span className="muted small">
      {time === undefined ? 'the latest values' : <Time at={new Date(time * 1000).toISOString()} />}
    </span>
  );
}

function lastText({ values }: Line, format: Panel['format']): string {
  const last = latest(values);
  return last === undefined ? '–' : format(last.value);
}
