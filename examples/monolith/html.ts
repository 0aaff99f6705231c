/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string };
type Part = Html | string | number | null | readonly Part[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

/** Everything between `${}` is escaped unless it is Html itself; lists are joined, null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let markup = strings[0] ?? '';
  parts.forEach((part, index) => {
    markup += markupOf(part) + (strings[index + 1] ?? '');
  });
  return { markup };
}

function markupOf(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  if ('markup' in part) return part.markup;
  return part.map(markupOf).join('');
}

const menu = [
  ['/dashboard', 'Dashboard'],
  ['/products', 'Products'],
  ['/customers', 'Customers'],
  ['/orders', 'Orders'],
  ['/payments', 'Payments'],
  ['/invoices', 'Invoices'],
  ['/files', 'Documents'],
  ['/reports', 'Reports'],
] as const;

/** A whole page; the menu is for those who are logged in. */
export function page(title: string, content: Html, user?: string): string {
  const header =
    user === undefined
      ? null
      : html`<nav>${menu.map(([path, name]) => html`<a href="${path}">${name}</a>`)}
<form method="post" action="/logout"><span>${user}</span> <button>Log out</button></form></nav>`;
  return `<!doctype html>\n${
    html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Müller &amp; Söhne</title>
<link rel="stylesheet" href="/static/shop.css"></head>
<body><header><strong>Müller &amp; Söhne</strong> back office ${header}</header>
<main>${content}</main></body></html>`.markup
  }\n`;
}

/** A table with one row for each item; cells may hold links. */
export function table(headings: readonly string[], rows: readonly (readonly Part[])[]): Html {
  return html`<table><thead><tr>${headings.map((heading) => html`<th>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table>`;
}

export const link = (href: string, text: string | number) => html`<a href="${href}">${text}</a>`;
