/** The values of each header in the order received, by lower-case name. `flat`: name, value, name, value, … */
export function headerValues(flat: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = (flat[index] as string).toLowerCase();
    const known = values.get(name);
    if (known) known.push(flat[index + 1] as string);
    else values.set(name, [flat[index + 1] as string]);
  }
  return values;
}

/** A header's lines as the one list that they stand for (RFC 9110, section 5.3), with even space after commas. */
export function listValue(values: readonly string[]): string {
  return values
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .join(', ');
}

/** The value of the first line of that name, in lower case. */
export function firstValue(flat: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const found = flat[index] as string;
    if (found.length === name.length && found.toLowerCase() === name) return flat[index + 1];
  }
  return undefined;
}
