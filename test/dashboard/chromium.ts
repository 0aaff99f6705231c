import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { installDebianPackage } from '../support/install-debian-package.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** The system's Chromium. */
export async function launchChromium(): Promise<Browser> {
  await installDebianPackage('chromium');
  // As root it has no sandbox to use.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args });
}

/** What axe finds on the page as it stands, a line each: rule, element, what is wrong. By `rules`, tags or ids. */
export async function accessibilityFindings(page: Page, rules = everyRule): Promise<string[]> {
  // As texts: the debugger evaluates them, which the page's own policy would forbid to a script.
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(rules)} })`)) as AxeResult;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}
