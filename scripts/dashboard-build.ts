import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'dashboard');

/** What everybody who opens the page waits for. */
const maxScriptBytes = 250_000;

const dist = path.join(folder, 'dist');

/** Builds the page into `outDir`. Resolves to what came out, a line each; rejects when its script has grown too large. */
export async function buildDashboard(outDir = dist): Promise<string[]> {
  // Only here: who finds the page built must not wait for the tools that build it.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      // Data URLs would need more of the content security policy than they are worth.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return report(outDir);
}

/** True when there is no page, or one that is older than what it is built from. */
export function dashboardIsStale(): boolean {
  const built = statSync(path.join(dist, 'index.html'), { throwIfNoEntry: false });
  if (!built) return true;
  const sources = globSync(['dashboard/{src,public}/**/*', 'dashboard/index.html', 'package-lock.json'], {
    cwd: root,
  });
  return sources.some((file) => statSync(path.join(root, file)).mtimeMs > built.mtimeMs);
}

function report(outDir: string): string[] {
  const files = globSync('assets/*.{js,css}', { cwd: outDir }).sort();
  const sizes = files.map((file) => ({
    file,
    bytes: gzipSync(readFileSync(path.join(outDir, file))).length,
  }));
  const script = sizes.filter(({ file }) => file.endsWith('.js')).reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = sizes.map(
    ({ file, bytes }) => `${path.relative(root, path.join(outDir, file))}  ${kilobytes(bytes)} compressed`,
  );
  const verdict = `The page's script is ${kilobytes(script)} compressed; ${kilobytes(maxScriptBytes)} are allowed.`;
  if (script > maxScriptBytes) throw new Error(verdict);
  return [...lines, verdict];
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
