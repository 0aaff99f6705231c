import { visible } from '../format.ts';
import { type DifferencesFilter, kinds, stateFilters, trends } from './filter.ts';

interface FilterBarProps {
  readonly migrations: readonly string[];
  readonly filter: DifferencesFilter;
  readonly onFilter: (filter: DifferencesFilter) => void;
}

export function FilterBar({ migrations, filter, onFilter }: FilterBarProps) {
  /** The filter with one entry set, or without it. */
  const change = (name: keyof DifferencesFilter, value: string) => {
    const { [name]: _old, ...rest } = filter;
    onFilter(value === '' ? rest : ({ ...rest, [name]: value } as DifferencesFilter));
  };
  const choice = (
    name: 'migration' | 'state' | 'kind' | 'trend',
    label: string,
    any: string,
    values: readonly string[],
  ) => (
    <label>
      <span className="hidden">{label}</span>
      <select value={filter[name] ?? ''} onChange={({ target }) => change(name, target.value)}>
        <option value="">{any}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value === 'open' ? 'to judge' : visible(value)}
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
      {choice('migration', 'Migration', 'Every migration', migrations)}
      {choice('state', 'Verdict', 'Judged or not', stateFilters)}
      {choice('kind', 'Kind', 'Every kind', kinds)}
      {choice('trend', 'Trend', 'New, rising or neither', trends)}
    </search>
  );
}
