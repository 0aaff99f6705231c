import { type Markup, markup, text, together } from './markup.ts';
import { fieldsOf, nameOf, type Schema, typeOf } from './schema-text.ts';

/** What the page reads of an OpenAPI document of ours. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly requestBodies: Readonly<Record<string, Body>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

interface Reference {
  readonly $ref: string;
}

type PathItem = Readonly<Record<string, Operation>> & {
  readonly parameters?: readonly (Parameter | Reference)[];
};

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly 'x-ficus-role'?: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body | Reference;
  readonly responses: Readonly<Record<string, Answer | Reference>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Body {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

const methods = ['get', 'post', 'put', 'delete'];

/** The document as one page of HTML, complete without a script or anything from elsewhere. */
export function apiPage(api: ApiDocument): string {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, method, operation, item }] : [];
    }),
  );
  const { title, version, description } = api.info;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<header>
<h1>${text(title)} <small>${text(version)}</small></h1>
<p>${prose(description)}</p>
<p><a href="/api/openapi.json">The same as OpenAPI 3.1</a> · <a href="#schemas">Schemas</a> · <a href="#codes">Problem codes</a> · <a href="/">Ficus</a></p>
</header>
<nav aria-label="Operations"><ul>
${together(operations.map(({ path, method }) => markup`<li><b>${text(method.toUpperCase())}</b> <a href="#${text(anchorOf(method, path))}"><code>${text(path)}</code></a></li>`))}
</ul></nav>
<main>
<h2>Operations</h2>
${together(operations.map(({ path, method, operation, item }) => operationSection(api, path, method, operation, item)))}
<h2 id="schemas">Schemas</h2>
${together(Object.entries(api.components.schemas).map(([name, schema]) => schemaSection(name, schema)))}
${codesSection(api.components.schemas['ProblemCode'])}
</main>
</body>
</html>
`;
  return page.html;
}

function operationSection(
  { components }: ApiDocument,
  path: string,
  method: string,
  operation: Operation,
  item: PathItem,
): Markup {
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) =>
    found(one, components.parameters),
  );
  const body = operation.requestBody && found(operation.requestBody, components.requestBodies);
  const answers = Object.entries(operation.responses).map(
    ([status, answer]) => [status, found(answer, components.responses)] as const,
  );
  const role = operation['x-ficus-role'];
  return markup`<section id="${text(anchorOf(method, path))}">
<h3><b>${text(method.toUpperCase())}</b> <code>${text(path)}</code></h3>
<p>${prose(operation.summary)}${role === undefined ? text('') : markup` <em>Role: ${text(role)}</em>`}</p>
${operation.description === undefined ? text('') : markup`<p>${prose(operation.description)}</p>`}
${parameters.length === 0 ? text('') : table(['Parameter', 'In', 'Type', ''], parameters.map(parameterRow))}
${body === undefined ? text('') : markup`<h4>Body${text(body.required ? '' : ' (may be left out)')}</h4>${content(body.content)}`}
<h4>Answers</h4>
<dl>${together(
    answers.map(
      ([status, { description, content: shown }]) =>
        markup`<dt>${text(status === 'default' ? 'else' : status)}</dt><dd>${prose(description)}${shown ? content(shown) : text('')}</dd>`,
    ),
  )}</dl>
</section>
`;
}

function parameterRow({ name, in: place, required, description, schema }: Parameter): Markup[] {
  return [
    markup`<code>${text(name)}</code>${text(required ? '' : ' (optional)')}`,
    text(place),
    typeOf(schema),
    prose(description ?? schema.description ?? ''),
  ];
}

function content(types: Readonly<Record<string, { readonly schema: Schema }>>): Markup {
  return together(
    Object.entries(types).map(
      ([type, { schema }]) => markup`<p><code>${text(type)}</code> ${typeOf(schema)}</p>${fields(schema)}`,
    ),
  );
}

function schemaSection(name: string, schema: Schema): Markup {
  return markup`<section id="schema-${text(name)}">
<h3>${text(name)}</h3>
<p>${typeOf(schema)} ${prose(schema.description ?? '')}</p>
${fields(schema)}
</section>
`;
}

function fields(schema: Schema): Markup {
  const rows = fieldsOf(schema);
  if (rows.length === 0) return text('');
  return table(
    ['Field', 'Type', ''],
    rows.map(({ name, type, isOptional, description }) => [
      markup`<code>${text(name)}</code>${text(isOptional ? ' (optional)' : '')}`,
      type,
      prose(description),
    ]),
  );
}

function codesSection(codes: Schema | undefined): Markup {
  const statuses = Object.entries(codes?.['x-ficus-status'] ?? {});
  const rows = statuses.map(([code, status]) => [markup`<code>${text(code)}</code>`, text(String(status))]);
  return markup`<h2 id="codes">Problem codes</h2>
${table(['Code', 'Status'], rows)}`;
}

function table(heads: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  const cells = (row: readonly Markup[]) => together(row.map((cell) => markup`<td>${cell}</td>`));
  return markup`<div class="wide"><table><thead><tr>${together(heads.map((head) => markup`<th scope="col">${text(head)}</th>`))}</tr></thead>
<tbody>${together(rows.map((row) => markup`<tr>${cells(row)}</tr>\n`))}</tbody></table></div>`;
}

/** Words with `code` in them. */
function prose(words: string): Markup {
  return together(
    words.split('`').map((part, at) => (at % 2 === 1 ? markup`<code>${text(part)}</code>` : text(part))),
  );
}

function found<Kind>(one: Kind | Reference, named: Readonly<Record<string, Kind>>): Kind {
  const isReference = typeof one === 'object' && one !== null && '$ref' in one;
  return isReference ? named[nameOf((one as Reference).$ref)]! : (one as Kind);
}

function anchorOf(method: string, path: string): string {
  return `${method}${path.replace(/[^\w]+/g, '-')}`;
}
