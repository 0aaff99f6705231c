import type { MarkupElement, MarkupNode } from './compare/markup.ts';
import { attributeStep, textStep } from './compare/markup-ids.ts';
import { type Matches, stepInto } from './compare/place-tree.ts';
import type { Redactor } from './redact.ts';
import { isSecretName } from './redact-names.ts';

/**
 * Markup with its secrets hidden, text by text, so that it keeps its shape. Secret are configured places, the
 * content of elements that are named like secrets, attributes that are, and the value of a field of a form
 * whose name, id or type says so. `places`: those for the element's own place.
 */
export function redactMarkup(
  element: MarkupElement,
  redactor: Redactor,
  places: Matches<'redact'>,
  above = false,
): MarkupElement {
  const hidden = above || isMarked(places) || isSecretName(element.name);
  const isField = ['name', 'id', 'type', 'property'].some((name) =>
    isSecretField(element.attributes.get(name)),
  );
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes) {
    const isValue = isField && (name === 'value' || name === 'content');
    const hide = hidden || isValue || isSecretName(name) || isMarked(stepInto(places, attributeStep(name)));
    attributes.set(name, hide ? redactor.hide(value) : redactor.text(value));
  }
  const isSecretText = hidden || (isField && element.name === 'textarea');
  const children = element.children.map((child): MarkupNode => {
    if (typeof child !== 'string') return redactMarkup(child, redactor, stepInto(places, child.name), hidden);
    const hide = isSecretText || isMarked(stepInto(places, textStep));
    return hide ? redactor.hide(child) : redactor.text(child);
  });
  return { ...element, attributes, children };
}

function isMarked(places: Matches<'redact'>): boolean {
  return places.some(({ marks }) => marks.length > 0);
}

/** Besides what is secret as a name, short names as parts: `login_pin`, `card-cvc`. */
function isSecretField(name: string | undefined): boolean {
  return (
    name !== undefined &&
    (isSecretName(name) || /(?:^|[^a-z])(?:pin|otp|cvc|cvv|pwd|sid)(?:$|[^a-z])/i.test(name))
  );
}
