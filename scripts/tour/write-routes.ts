import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The demo's routes.yaml on other ports, with its contracts beside it. */
export async function writeRoutes(
  folder: string,
  ports: { monolith: number; catalog: number; payments: number },
): Promise<string> {
  const demo = await readFile(path.join(root, 'routes.yaml'), 'utf8');
  const file = path.join(folder, 'routes.yaml');
  await writeFile(
    file,
    demo
      .replaceAll(':9000', `:${ports.monolith}`)
      .replaceAll(':9001', `:${ports.catalog}`)
      .replaceAll(':9002', `:${ports.payments}`),
  );
  await symlink(path.join(root, 'contracts'), path.join(folder, 'contracts'));
  return file;
}
