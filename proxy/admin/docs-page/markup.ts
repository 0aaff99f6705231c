/** HTML that is safe to put into a page: made by `markup`, or a text that was made inert. */
export interface Markup {
  readonly html: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it is, in an element or a quoted attribute. */
export function text(value: string): Markup {
  return { html: value.replace(/[&<>"']/g, (character) => entities[character]!) };
}

/** A template whose holes take nothing but markup. */
export function markup(parts: TemplateStringsArray, ...holes: readonly Markup[]): Markup {
  return { html: parts.reduce((html, part, at) => `${html}${holes[at - 1]?.html ?? ''}${part}`) };
}

export function together(parts: readonly Markup[]): Markup {
  return { html: parts.map(({ html }) => html).join('') };
}
