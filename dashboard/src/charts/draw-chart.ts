import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { lonePoints, type Mark, type Panel, rangeOf, timeLabels } from './chart-model.ts';

/** What is drawn; replaced as a whole when it changes. */
export interface Drawn {
  readonly panel: Panel;
  /** Seconds since 1970, and how far each point reaches. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  readonly marks: readonly Mark[];
  /** Of the plot with its axes, px. */
  readonly height: number;
}

const dashes = { long: [6, 4], short: [2, 3] } as const;
const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

/** Colours are looked up with each drawing, so that one in the dark needs no new chart. */
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

/** `current()` is what is to be drawn now; its lines must be as many as at first. `onPoint`: what is pointed at, or null. */
export function drawChart(
  element: HTMLElement,
  current: () => Drawn,
  onPoint: (index: number | null) => void,
): uPlot {
  const { panel } = current();
  const axis = {
    stroke: () => colour('--muted'),
    font,
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: current().height,
      padding: [14, 22, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: true, range: () => spanOf(current()) },
        y: { range: () => rangeOf(current().panel) },
      },
      axes: [
        {
          ...axis,
          space: 64,
          size: 26,
          values: (_chart, splits, _axis, _space, apart) => timeLabels(splits, apart),
        },
        {
          ...axis,
          space: 24,
          size: 62,
          gap: 6,
          values: (_chart, splits) => splits.map((value) => current().panel.format(value)),
        },
      ],
      series: [
        {},
        ...panel.lines.map(({ tone, dash }) => ({
          stroke: () => colour(`--chart-${tone}`),
          width: dash === 'short' ? 2 : 1.5,
          ...(dash && { dash: [...dashes[dash]] }),
          ...(panel.isStepped && { paths: uPlot.paths.stepped?.({ align: 1 }) ?? null! }),
          points: {
            show: false,
            size: 4,
            filter: (_chart: uPlot, index: number) =>
              lonePoints(current().panel.lines[index - 1]?.values ?? []),
          },
        })),
      ],
      hooks: {
        setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)],
        draw: [(chart) => drawMarks(chart, current().marks)],
      },
    },
    dataOf(current()),
    element,
  );
}

export const dataOf = ({ times, panel }: Drawn): uPlot.AlignedData => [
  [...times],
  ...panel.lines.map(({ values }) => [...values]),
];

function spanOf({ times, stepSeconds }: Drawn): [number, number] {
  const first = times[0] ?? 0;
  return [first, (times.at(-1) ?? first) + (times.length > 1 ? 0 : stepSeconds)];
}

function drawMarks(chart: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  const scale = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colour('--muted');
  ctx.fillStyle = colour('--muted');
  ctx.lineWidth = scale;
  ctx.setLineDash([3 * scale, 3 * scale]);
  ctx.font = `600 ${10 * scale}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  for (const { at, label } of marks) {
    const x = Math.round(chart.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, x, bbox.top - 4 * scale);
  }
  ctx.restore();
}
