interface PercentFieldProps {
  readonly id: string;
  readonly label: string;
  /** As it is written. */
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** To choose from at once. */
  readonly choices?: readonly number[];
}

export function PercentField({ id, label, value, onValue, choices = [] }: PercentFieldProps) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <span className="buttons">
        <span className="with-unit">
          <input
            id={id}
            type="number"
            min={0}
            max={100}
            step="any"
            required
            value={value}
            onChange={({ target }) => onValue(target.value)}
          />
          %
        </span>
        {choices.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={Number(value) === choice}
            onClick={() => onValue(String(choice))}
          >
            {choice} %
          </button>
        ))}
      </span>
    </>
  );
}
