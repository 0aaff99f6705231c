import { visible } from '../format.ts';
import { type DifferencesFilter, kinds, parts, sorts, stateFilters, trends } from './filter.ts';

interface FilterBarProps {
  readonly migrations: readonly string[];
  readonly routes: readonly string[];
  readonly filter: DifferencesFilter;
  readonly onFilter: (filter: DifferencesFilter) => void;
}

const texts: Readonly<Record<string, string>> = {
  open: 'to judge',
  header: 'headers',
  share: 'by share of the route',
  pairs: 'by pairs',
  first: 'newest first',
  last: 'seen last first',
  place: 'by place',
};

export function FilterBar({ migrations, routes, filter, onFilter }: FilterBarProps) {
  /** The filter with one entry set, or without it. */
  const change = (name: keyof DifferencesFilter, value: string) => {
    const { [name]: _old, ...rest } = filter;
    onFilter(value === '' ? rest : ({ ...rest, [name]: value } as DifferencesFilter));
  };
  const choice = (
    name: Exclude<keyof DifferencesFilter, 'q'>,
    label: string,
    any: string,
    values: readonly string[],
    inTexts = true,
  ) => (
    <label>
      <span className="hidden">{label}</span>
      <select value={filter[name] ?? ''} onChange={({ target }) => change(name, target.value)}>
        <option value="">{any}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {(inTexts && texts[value]) || visible(value)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <search className="filters">
      <label className="grow">
        <span className="hidden">Search</span>
        <input
          type="search"
          placeholder="Search by route or place"
          value={filter.q ?? ''}
          data-shortcut="/"
          onChange={({ target }) => change('q', target.value)}
        />
      </label>
      {choice('migration', 'Migration', 'Every migration', migrations, false)}
      {choice('route', 'Route', 'Every route', routes, false)}
      {choice('state', 'Verdict', 'Judged or not', stateFilters)}
      {choice('part', 'Part', 'Any part', parts)}
      {choice('kind', 'Kind', 'Any kind', kinds)}
      {choice('trend', 'Trend', 'New or not', trends)}
      {choice('sort', 'Order', 'What matters first', sorts)}
    </search>
  );
}
