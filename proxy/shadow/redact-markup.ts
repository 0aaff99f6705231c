import type { MarkupElement, MarkupNode } from './compare/markup.ts';
import { attributeStep, textStep } from './compare/markup-ids.ts';
import { stepInto } from './compare/place-tree.ts';
import { hideWhole, type RedactedPlaces, type Redactor, ruleHere } from './redact.ts';
import { isSecretName } from './redact-names.ts';

/** Why everything from here down is hidden: by a rule, or because an element is called like a secret. */
interface Hidden {
  readonly rule: ReturnType<typeof ruleHere>;
  readonly isNamed: boolean;
}

/**
 * Markup with its secrets hidden, text by text, so that it keeps its shape. Secret are configured places, the
 * content of elements that are named like secrets, attributes that are, and the value of a field of a form
 * whose name, id or type says so. `places`: those for the element's own place.
 */
export function redactMarkup(
  element: MarkupElement,
  redactor: Redactor,
  places: RedactedPlaces,
  above: Hidden = { rule: undefined, isNamed: false },
): MarkupElement {
  const hidden = {
    rule: ruleHere(places) ?? above.rule,
    isNamed: above.isNamed || isSecretName(element.name),
  };
  const isField = ['name', 'id', 'type', 'property'].some((name) =>
    isSecretField(element.attributes.get(name)),
  );
  const redact = (text: string, rule: Hidden['rule'], isNamed: boolean): string =>
    rule === undefined && !isNamed ? redactor.text(text) : hideWhole(redactor, text, rule, isNamed);
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes) {
    const isValue = isField && (name === 'value' || name === 'content');
    const rule = hidden.rule ?? ruleHere(stepInto(places, attributeStep(name)));
    attributes.set(name, redact(value, rule, hidden.isNamed || isValue || isSecretName(name)));
  }
  const isSecretText = hidden.isNamed || (isField && element.name === 'textarea');
  const children = element.children.map((child): MarkupNode => {
    if (typeof child !== 'string') return redactMarkup(child, redactor, stepInto(places, child.name), hidden);
    return redact(child, hidden.rule ?? ruleHere(stepInto(places, textStep)), isSecretText);
  });
  return { ...element, attributes, children };
}

/** Besides what is secret as a name, short names as parts: `login_pin`, `card-cvc`. */
function isSecretField(name: string | undefined): boolean {
  return (
    name !== undefined &&
    (isSecretName(name) || /(?:^|[^a-z])(?:pin|otp|cvc|cvv|pwd|sid)(?:$|[^a-z])/i.test(name))
  );
}
