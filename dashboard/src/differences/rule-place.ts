/** Headers of which a part has a place of its own in routes.yaml. */
const parted =
  /^header:(?:set-cookie\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\/[a-z-]+)?|(?:cache-control|cdn-cache-control|surrogate-control|pragma|permissions-policy|strict-transport-security|content-disposition|content-security-policy(?:-report-only)?)\/[a-z0-9*-]+)$/;
const wholeHeader = /^header:[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * A signature's place as routes.yaml takes it. Undefined where no rule can name it, as the note that there are more
 * differences. `isWider`: it takes in more than the signature does.
 */
export function rulePlace(pattern: string): { readonly at: string; readonly isWider: boolean } | undefined {
  // `status 200→500`: a rule is about any two.
  if (/^status(?: |$)/.test(pattern)) return { at: 'status', isWider: pattern !== 'status' };
  if (pattern.startsWith('header:')) {
    if (parted.test(pattern)) return { at: pattern, isWider: false };
    const [whole = ''] = pattern.split('/');
    return wholeHeader.test(whole) ? { at: whole, isWider: whole !== pattern } : undefined;
  }
  if (!pattern.startsWith('body:')) return undefined;
  // A name that was shortened or spelled out is not the name any more.
  const at = pattern
    .split('/')
    .map((step) => (/…[0-9a-f]{8}$|\\u[0-9a-f]{4}/.test(step) ? '*' : step))
    .join('/');
  return { at, isWider: at !== pattern };
}
