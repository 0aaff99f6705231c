import { isCanonicalPath } from '../routing/canonical-path.ts';
import { isSafeMethod, type ShadowMode } from '../routing/model.ts';
import { defaults } from './defaults.ts';
import { didYouMean } from './did-you-mean.ts';
import { quote, type Reading } from './problem.ts';
import { token } from './read-place.ts';

export interface Template {
  readonly text: string;
  /** Names in order. */
  readonly parameters: readonly string[];
  readonly hasSubtree: boolean;
  /** The same for templates that match the same paths: `/api/orders/{}`. */
  readonly shape: string;
}

export interface RouteMatcher {
  readonly method: string;
  readonly template: Template;
}

/** `GET /api/products/{productId}`, `* /legacy/**` */
export function readRoute(text: string): Reading<RouteMatcher> {
  const parts = /^(\S+) +(\S+)$/.exec(text);
  if (!parts) {
    const hint = text.startsWith('/') ? `: ${quote(`GET ${text}`)}` : ', such as GET /api/orders/{orderId}';
    return { problem: `${quote(text)} must be a method and a template${hint}` };
  }
  const [, method = '', path = ''] = parts;
  const problem = methodProblem(method);
  if (problem !== undefined) return { problem };
  const template = readTemplate(path);
  return 'problem' in template ? template : { value: { method, template: template.value } };
}

const usualMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

function methodProblem(method: string): string | undefined {
  if (method === '*' || usualMethods.has(method)) return undefined;
  if (!token.test(method)) return `${quote(method)} is no method`;
  const upper = method.toUpperCase();
  // Not imported: a module that does so loads fetch as well, a fifth of the start.
  const { METHODS } = process.getBuiltinModule('node:http');
  if (method !== upper && METHODS.includes(upper)) return `${quote(method)} must be upper-case: ${upper}`;
  if (method === 'CONNECT' || method === 'TRACE') return `${method} is never forwarded`;
  if (METHODS.includes(method)) return undefined;
  return `${quote(method)} is no method that can arrive here${didYouMean(method, METHODS)}`;
}

const parameterName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

export function readTemplate(text: string): Reading<Template> {
  if (!text.startsWith('/')) return { problem: `${quote(text)} must start with a slash` };
  const segments = text.slice(1).split('/');
  const hasSubtree = segments.at(-1) === '**';
  const parameters: string[] = [];
  const shape: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '**' && isLast) {
      shape.push(segment);
    } else if (/^\{[^{}]*\}$/.test(segment)) {
      const name = segment.slice(1, -1);
      if (!parameterName.test(name)) return { problem: `${quote(segment)} is no parameter; write {orderId}` };
      if (parameters.includes(name)) return { problem: `${quote(text)} has the parameter {${name}} twice` };
      parameters.push(name);
      shape.push('{}');
    } else {
      const problem = literalProblem(segment, isLast);
      if (problem !== undefined) return { problem: `${quote(text)} ${problem}` };
      shape.push(segment);
    }
  }
  return { value: { text, parameters, hasSubtree, shape: `/${shape.join('/')}` } };
}

/** Only canonical paths are matched, so a template in another form would never match anything. */
function literalProblem(segment: string, isLast: boolean): string | undefined {
  if (segment === '') return isLast ? undefined : 'has an empty segment (//)';
  if (/[{}]/.test(segment)) return `has ${quote(segment)}; a parameter is a whole segment`;
  if (segment.includes('*')) return 'has a * in it; /** is possible at the end only';
  if (segment === '.' || segment === '..') return 'has a dot segment, which upstreams may resolve';
  if (/[?#]/.test(segment)) return 'has a query or fragment; routes match paths alone';
  if (/[;\\]/.test(segment)) return 'has a ";" or "\\", which upstreams read differently';
  if (/%(2[fF]|5[cC]|3[bB]|25|00)/.test(segment))
    return 'has an encoded separator, which upstreams read differently';
  if (isCanonicalPath(`/${segment}`)) return undefined;
  const canonical = canonicalForm(segment);
  return `is not in canonical form${canonical === undefined ? '' : `: write ${quote(canonical)}`}`;
}

function canonicalForm(segment: string): string | undefined {
  try {
    const decoded = decodeURIComponent(segment);
    const encoded = encodeURIComponent(decoded).replace(/%(24|26|2B|2C|3A|3D|40)/g, decodeURIComponent);
    return isCanonicalPath(`/${encoded}`) ? encoded : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with a rewrite of `from`, if anything. */
export function rewriteProblem(from: Template, to: Template): string | undefined {
  const missing = from.parameters.filter((name) => !to.parameters.includes(name));
  if (missing.length > 0) return `${quote(to.text)} leaves out ${list(missing)} of ${quote(from.text)}`;
  const unknown = to.parameters.filter((name) => !from.parameters.includes(name));
  if (unknown.length > 0) return `${quote(to.text)} has ${list(unknown)}, which ${quote(from.text)} lacks`;
  if (from.hasSubtree !== to.hasSubtree)
    return `${quote(to.text)} and ${quote(from.text)} must both end in /** or neither`;
  return undefined;
}

const list = (names: readonly string[]) => names.map((name) => `{${name}}`).join(', ');

export function defaultShadow(method: string): ShadowMode {
  return method === '*' || isSafeMethod(method) ? defaults.route.shadow : defaults.route.unsafeShadow;
}
