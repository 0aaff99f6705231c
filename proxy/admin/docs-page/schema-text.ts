import { type Markup, markup, text, together } from './markup.ts';

/** What is used of JSON Schema in openapi.yaml. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly 'x-ficus-status'?: Readonly<Record<string, number>>;
}

export interface Field {
  /** Such as `share.asked` or `parts[].name`. */
  readonly name: string;
  readonly type: Markup;
  readonly isOptional: boolean;
  readonly description: string;
}

export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** A type in a few words; a named one leads to what is said of it. */
export function typeOf(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return markup`<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (schema.enum)
    return joined(
      schema.enum.map((value) => markup`<code>${text(String(value))}</code>`),
      ' | ',
    );
  if (schema.const !== undefined) return markup`<code>${text(JSON.stringify(schema.const))}</code>`;
  if (schema.allOf) return joined(schema.allOf.map(typeOf), ' and ');
  if (schema.oneOf) return joined(schema.oneOf.map(typeOf), ' or ');
  if (schema.items) return markup`list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === 'object')
    return markup`object of ${typeOf(schema.additionalProperties)}`;
  return text([[schema.type ?? 'anything'].flat().join(' or '), ...limitsOf(schema)].join(', '));
}

function limitsOf({
  format,
  minimum,
  exclusiveMinimum,
  maximum,
  maxLength,
  default: preset,
}: Schema): string[] {
  return [
    ...(format === undefined ? [] : [format]),
    ...(minimum === undefined ? [] : [`${minimum} or more`]),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(preset === undefined ? [] : [`else ${JSON.stringify(preset)}`]),
  ];
}

/** The fields of an object, and of the nameless objects in it. */
export function fieldsOf(schema: Schema, within = ''): Field[] {
  const inner = schema.items ? fieldsOf(schema.items, `${within}[]`) : [];
  const all = (schema.allOf ?? []).flatMap((one) => fieldsOf(one, within));
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, field]): Field[] => {
    const name = within === '' ? key : `${within}.${key}`;
    return [
      {
        name,
        type: typeOf(field),
        isOptional: !schema.required?.includes(key),
        description: field.description ?? '',
      },
      ...fieldsOf(field, name),
    ];
  });
  return [...inner, ...all, ...own];
}

function joined(parts: readonly Markup[], between: string): Markup {
  return together(parts.flatMap((part, at) => (at === 0 ? [part] : [text(between), part])));
}
