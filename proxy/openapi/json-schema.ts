import { isObject } from './document.ts';

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const single = [
  'not',
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const named = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
/** Of OpenAPI, and of no meaning to a validator. */
const meaningless = ['discriminator', 'xml', 'externalDocs', 'example', 'examples', 'deprecated'];

/**
 * A schema of OpenAPI 3.0 as JSON Schema 2020-12: `nullable` becomes a type, `exclusiveMinimum: true` a number,
 * and `writeOnly` properties need not be in an answer. References stay, to be resolved in a document whose schemas
 * are all converted. One of 3.1 is such a schema already.
 */
export function toJsonSchema(schema: unknown, version: '3.0' | '3.1'): unknown {
  if (!isObject(schema)) return schema;
  if (typeof schema['$ref'] === 'string' && version === '3.0') return { $ref: schema['$ref'] };
  const converted: Record<string, unknown> = { ...schema };
  for (const keyword of meaningless) delete converted[keyword];
  for (const keyword of single)
    if (isObject(schema[keyword])) converted[keyword] = toJsonSchema(schema[keyword], version);
  for (const keyword of listed)
    if (Array.isArray(schema[keyword]))
      converted[keyword] = schema[keyword].map((each) => toJsonSchema(each, version));
  for (const keyword of named) {
    const schemas = schema[keyword];
    if (!isObject(schemas)) continue;
    const entries = Object.entries(schemas).map(([name, each]) => [name, toJsonSchema(each, version)]);
    converted[keyword] = Object.fromEntries(entries);
  }
  withoutWriteOnly(converted);
  if (version === '3.0') takeOldWays(converted);
  return converted;
}

/** What a client only sends is not in an answer, required or not. */
function withoutWriteOnly(schema: Record<string, unknown>): void {
  const { required, properties } = schema;
  if (!Array.isArray(required) || !isObject(properties)) return;
  const isWriteOnly = (name: unknown) => {
    const property = properties[String(name)];
    return isObject(property) && property['writeOnly'] === true;
  };
  schema['required'] = required.filter((name) => !isWriteOnly(name));
}

function takeOldWays(schema: Record<string, unknown>): void {
  for (const [bound, keyword] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (schema[keyword] === true) {
      schema[keyword] = schema[bound];
      delete schema[bound];
    } else if (schema[keyword] === false) delete schema[keyword];
  }
  const isNullable = schema['nullable'] === true;
  delete schema['nullable'];
  if (!isNullable) return;
  if (typeof schema['type'] === 'string') schema['type'] = [schema['type'], 'null'];
  // `nullable` also lifts what an enum says, as most tools have it.
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(null))
    schema['enum'] = [...schema['enum'], null];
  // Beside a reference or a combination without a type it means what people mean by it.
  if (schema['type'] === undefined && ['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema)) {
    const others = { ...schema };
    for (const keyword of Object.keys(schema)) delete schema[keyword];
    schema['anyOf'] = [others, { type: 'null' }];
  }
}

export function versionOf({ openapi }: { readonly openapi: string }): '3.0' | '3.1' {
  return openapi.startsWith('3.0') ? '3.0' : '3.1';
}
