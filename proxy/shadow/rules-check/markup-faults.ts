import type { MarkupElement, MarkupNode } from '../compare/markup.ts';
import { attributeStep, textStep } from '../compare/markup-ids.ts';
import { token } from '../compare/place.ts';
import { createTries, type Fault } from './fault.ts';

type MarkupFault = Pick<Fault, 'kind' | 'place'> & { readonly root: MarkupElement };

const fresh: MarkupElement = { name: 'ficus-check', namespace: '', attributes: new Map(), children: [] };

/** Every sort of fault at every element, text and attribute: what the document would be with that fault. */
export function* markupFaults(root: MarkupElement): Generator<MarkupFault> {
  yield* faultsIn(root, [], createTries(), (changed) => changed);
}

function* faultsIn(
  element: MarkupElement,
  names: readonly string[],
  isToTry: ReturnType<typeof createTries>,
  within: (changed: MarkupElement) => MarkupElement,
): Generator<MarkupFault> {
  const placeOf = (...more: string[]) =>
    `body:${[...names, ...more].map((name) => `/${token(name)}`).join('')}`;
  const fault = (kind: Fault['kind'], place: string, changed: Partial<MarkupElement>): MarkupFault[] =>
    isToTry(kind, place) ? [{ kind, place, root: within({ ...element, ...changed }) }] : [];
  for (const [name, value] of element.attributes) {
    const others = new Map(element.attributes);
    others.delete(name);
    yield* fault('missing', placeOf(attributeStep(name)), { attributes: others });
    const changed = new Map(element.attributes).set(name, `${value}-ficus-check`);
    yield* fault('value', placeOf(attributeStep(name)), { attributes: changed });
  }
  const { children } = element;
  yield* fault('extra', placeOf(fresh.name), { children: [...children, fresh] });
  const [first, second] = children;
  if (second !== undefined && JSON.stringify(first) !== JSON.stringify(second))
    yield* fault('order', placeOf(), { children: [second, first!, ...children.slice(2)] });
  for (const [index, child] of children.entries()) {
    const withChild = (...changed: MarkupNode[]) => ({
      children: [...children.slice(0, index), ...changed, ...children.slice(index + 1)],
    });
    const place =
      typeof child !== 'string' ? placeOf(child.name) : placeOf(...(children.length > 1 ? [textStep] : []));
    yield* fault('missing', place, withChild());
    if (typeof child === 'string') yield* fault('value', place, withChild('ficus-check: another text'));
    else
      yield* faultsIn(child, [...names, child.name], isToTry, (changed) =>
        within({ ...element, ...withChild(changed) }),
      );
  }
}
