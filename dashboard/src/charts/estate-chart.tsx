import { useMemo, useState } from 'react';
import type { EstateSeries } from '../../../proxy/admin/api-types.ts';
import { Chart } from './chart.tsx';
import { timesOf } from './chart-model.ts';
import { estatePanel } from './estate-panel.ts';

export default function EstateChart({ series }: { series: EstateSeries }) {
  const [point, setPoint] = useState<number | null>(null);
  const panel = useMemo(() => estatePanel(series), [series]);
  const times = useMemo(() => timesOf(series), [series]);
  return (
    <Chart
      {...{ panel, times, point }}
      stepSeconds={series.stepSeconds}
      marks={noMarks}
      height={116}
      onPoint={setPoint}
    />
  );
}

const noMarks: readonly never[] = [];
