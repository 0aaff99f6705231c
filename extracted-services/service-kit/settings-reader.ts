export type Environment = Record<string, string | undefined>;

export type SettingsReader = ReturnType<typeof settingsReader>;

/**
 * Reads settings by name from the environment it is given; an empty value counts as not set. Problems are
 * gathered, so that `done` can throw all of them at once; until then a bad setting reads as its fallback.
 */
export function settingsReader(environment: Environment) {
  const problems: string[] = [];
  const given = (name: string) => environment[name]?.trim() || undefined;

  function refuse<Fallback>(name: string, wanted: string, fallback: Fallback): Fallback {
    const value = given(name);
    problems.push(`${name} ${value === undefined ? 'is not set' : `is ${show(value)}`}: ${wanted}`);
    return fallback;
  }

  function listOf<Value extends string>(name: string, allowed: readonly Value[]): Value[] {
    const unknown = words(given(name)).find((word) => !allowed.includes(word as Value));
    if (unknown === undefined) return words(given(name)) as Value[];
    problems.push(`${name} has ${show(unknown)}: only ${allowed.join(', ')} are known`);
    return [];
  }

  return {
    text: (name: string, fallback: string): string => given(name) ?? fallback,

    list: (name: string): string[] => words(given(name)),

    /** Comma-separated, each of them one of `allowed`. */
    listOf,

    oneOf<Value extends string>(name: string, allowed: readonly Value[], fallback: Value): Value {
      const value = (given(name) ?? fallback) as Value;
      return allowed.includes(value) ? value : refuse(name, `use one of ${allowed.join(', ')}`, fallback);
    },

    integer(name: string, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
      const value = given(name) ?? `${fallback}`;
      const isGood = /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
      return isGood ? Number(value) : refuse(name, `use a whole number from ${min} to ${max}`, fallback);
    },

    /** It must be set, and have one of the schemes; the example tells what is wanted. */
    url(name: string, schemes: readonly string[], example: string): string {
      const value = given(name);
      return value !== undefined && hasScheme(value, schemes)
        ? value
        : refuse(name, `use a URL like ${example}`, '');
    },

    optionalUrl(name: string, schemes: readonly string[], example: string): string | undefined {
      const value = given(name);
      if (value === undefined || hasScheme(value, schemes)) return value;
      return refuse(name, `use a URL like ${example}, or leave it out`, undefined);
    },

    done(): void {
      if (problems.length > 0) throw new SettingsError(problems);
    },
  };
}

export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(
      `The settings in the environment are not usable:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    );
    this.name = 'SettingsError';
  }
}

const words = (list: string | undefined) =>
  (list ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const hasScheme = (value: string, schemes: readonly string[]) =>
  schemes.includes(URL.parse(value)?.protocol.replace(':', '') ?? '');

/** A URL may hold a password, which must not end up in a log. */
const show = (value: string) => `"${value.replace(/\/\/.*@/, '//***@').slice(0, 60)}"`;
