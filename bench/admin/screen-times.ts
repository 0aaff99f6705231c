import type { Browser, Page } from 'playwright-core';
import { percentile } from './percentile.ts';

export interface ScreenTimes {
  readonly screen: string;
  /** From asking for the page until its first content is seen. */
  readonly p50Ms: number;
  readonly worstMs: number;
}

export interface Screen {
  readonly screen: string;
  readonly path: string;
  /** Seen as soon as what the screen is for is there. */
  readonly content: (page: Page) => ReturnType<Page['locator']>;
}

export const screensOf = (migration: string, signature: string): Screen[] => [
  { screen: 'overview', path: '/', content: (page) => page.getByRole('link', { name: migration }).first() },
  {
    screen: 'migration',
    path: `/migrations/${migration}`,
    content: (page) => page.getByText('Answered by the service').first(),
  },
  {
    screen: 'differences',
    path: `/differences?migration=${migration}`,
    content: (page) => page.getByText('body:/items/*/field').first(),
  },
  {
    screen: 'one difference',
    path: `/differences/${migration}/${signature}`,
    content: (page) => page.getByText('things-').first(),
  },
  {
    screen: 'contracts',
    path: `/contracts?migration=${migration}`,
    content: (page) => page.getByRole('heading', { name: 'What clients ask for' }).first(),
  },
  { screen: 'audit', path: '/audit', content: (page) => page.getByText('engineer-').first() },
  { screen: 'settings', path: '/settings', content: (page) => page.getByText('routes.yaml').first() },
];

/** Each screen in turn, opened anew with nothing cached. */
export async function timeScreens(
  browser: Browser,
  admin: string,
  screens: readonly Screen[],
  rounds: number,
): Promise<ScreenTimes[]> {
  const times = new Map(screens.map(({ screen }) => [screen, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const { screen, path, content } of screens) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      try {
        const page = await context.newPage();
        const from = performance.now();
        await page.goto(admin + path, { waitUntil: 'commit' });
        await content(page).waitFor({ timeout: 20_000 });
        if (round >= 0) times.get(screen)!.push(performance.now() - from);
      } finally {
        await context.close();
      }
    }
  }
  return [...times].map(([screen, ms]) => ({
    screen,
    p50Ms: percentile(ms, 0.5),
    worstMs: Math.max(...ms),
  }));
}
