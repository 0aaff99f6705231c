import type { Request, Response } from 'express';
import { userOf } from './access.ts';
import { type Html, html, link, page } from './html.ts';
import { PAGE_ROWS, pageNumber } from './listing.ts';
import { sendText } from './send-text.ts';

/** A page of the back office, for the user who is logged in. */
export const sendPage = (request: Request, response: Response, title: string, content: Html) =>
  sendHtml(request, response, page(title, html`<h1>${title}</h1>${content}`, userOf(response)));

/** A page for everybody. */
export const sendPublicPage = (request: Request, response: Response, title: string, content: Html) =>
  sendHtml(request, response, page(title, html`<h1>${title}</h1>${content}`));

async function sendHtml(request: Request, response: Response, markup: string): Promise<void> {
  // Scripts and styles come from the monolith alone, whatever a customer wrote into a name.
  response.setHeader('Content-Security-Policy', "default-src 'self'");
  await sendText(request, response, 'text/html; charset=utf-8', markup);
}

/** Links to the neighbours of a listing's page; the request's other parameters stay. */
export function pager(request: Request, total: number): Html {
  const current = pageNumber(request);
  const last = Math.max(1, Math.ceil(total / PAGE_ROWS));
  const to = (number: number, text: string) => {
    const query = new URLSearchParams(request.originalUrl.split('?')[1] ?? '');
    query.set('page', String(number));
    return link(`${request.path}?${query}`, text);
  };
  return html`<p class="pager">${current > 1 ? to(current - 1, '‹ back') : null}
page ${current} of ${last}, ${total} in all
${current < last ? to(current + 1, 'on ›') : null}</p>`;
}

/** A search field above a list, holding what was searched for. */
export const searchForm = (name: string, value: string | undefined) =>
  html`<form><input name="${name}" value="${value ?? ''}"> <button>Search</button></form>`;
