import { migratedPath } from './routes.ts';

export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the load asks for; each request of a scenario comes from another of its users. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly request: BenchRequest;
  /** Names of those who have a turn at it; none: every peer. */
  readonly contenders?: readonly string[];
}

/** The header that Ficus tells users by; every scenario sends it, to every contender. */
export const userHeader = 'X-User-Id';
export const users = 200;

/** What a browser sends along; ten of them. */
const browserHeaders = {
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  Accept: 'application/json, text/plain, */*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Cache-Control': 'no-cache',
  Cookie: 'theme=dark; sid=5f3a9c0e7b1d4a6f8c2e; consent=necessary.statistics; cart=17',
  Referer: 'https://shop.example/products?category=garden&page=3',
  'Sec-Fetch-Dest': 'empty',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Site': 'same-origin',
};

const jsonBytes = 10_240;

const getMigrated: BenchRequest = { method: 'GET', path: `${migratedPath}/42`, headers: {} };

export const scenarios: readonly Scenario[] = [
  {
    name: 'get',
    title: 'GET on a migrated path',
    request: getMigrated,
  },
  {
    name: 'get-unmigrated',
    title: 'GET on a path of no migration',
    request: { method: 'GET', path: '/shop/welcome/42', headers: {} },
    contenders: ['nginx', 'haproxy', 'ficus', 'http-proxy'],
  },
  {
    name: 'get-browser',
    title: 'GET on a migrated path with ten browser headers',
    request: { method: 'GET', path: `${migratedPath}/42`, headers: browserHeaders },
    contenders: ['direct', 'nginx', 'haproxy', 'ficus', 'http-proxy'],
  },
  {
    name: 'post-10k',
    title: 'POST of 10 KB JSON on a migrated path',
    request: {
      method: 'POST',
      path: migratedPath,
      headers: { 'Content-Type': 'application/json' },
      body: jsonOf(jsonBytes),
    },
    contenders: ['nginx', 'haproxy', 'ficus', 'http-proxy'],
  },
  {
    name: 'shadow',
    title: 'GET on a migrated path, every request copied',
    request: getMigrated,
    contenders: ['nginx-mirror', 'ficus-shadow'],
  },
  {
    name: 'shadow-2-cores',
    title: 'GET on a migrated path, every request copied, on two cores',
    request: getMigrated,
    contenders: ['nginx-mirror-2-workers', 'ficus-shadow-2-cores'],
  },
  {
    name: 'routes',
    title: 'GET on a migrated path, 10,000 routes against 10',
    request: getMigrated,
    contenders: ['ficus-10-routes', 'ficus-10k-routes'],
  },
  {
    name: 'workers',
    title: 'GET on a migrated path, two workers against one',
    request: getMigrated,
    contenders: ['ficus', 'ficus-2-workers'],
  },
];

export const userName = (index: number): string => `user-${String(index).padStart(4, '0')}`;

/** An order of so many bytes. */
function jsonOf(bytes: number): string {
  const lines = Array.from({ length: 100 }, (_, line) => ({
    line,
    sku: `P-${10_000 + line}`,
    quantity: line % 7,
  }));
  const text = JSON.stringify({ customer: 'C-000017', lines, note: '' });
  return text.replace('"note":""', `"note":"${'n'.repeat(bytes - text.length)}"`);
}
