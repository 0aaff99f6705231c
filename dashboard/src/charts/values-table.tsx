import { useState } from 'react';
import { Time } from '../parts/time.tsx';
import type { Panel } from './chart-model.ts';

/** The same as text: for reading by ear, and for copying. Made when it is opened; the newest first. */
export function ValuesTable({ panel, times }: { panel: Panel; times: readonly number[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="chart-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section tabIndex={0} aria-label={`${panel.title}, values`}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">From</th>
                {panel.lines.map(({ label }) => (
                  <th key={label} scope="col" className="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{rowsOf(panel, times)}</tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function rowsOf({ lines, format }: Panel, times: readonly number[]) {
  return times
    .map((time, index) => (
      <tr key={time}>
        <th scope="row">
          <Time at={new Date(time * 1000).toISOString()} />
        </th>
        {lines.map(({ label, values }) => {
          const value = values[index] ?? null;
          return (
            <td key={label} className="number">
              {value === null ? '–' : format(value)}
            </td>
          );
        })}
      </tr>
    ))
    .reverse();
}
