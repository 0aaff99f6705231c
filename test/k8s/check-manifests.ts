import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Manifest } from './build-manifests.ts';

/**
 * Holds objects against Kubernetes' own OpenAPI document, as the package kubernetes-models has it: values by
 * its schemas, and names of fields by its types, because Kubernetes' schemas let unknown fields pass and a
 * misspelt `readOnlyRootFilesystem` would be no error. Returns every problem, none for sound objects.
 */
export async function checkManifests(manifests: readonly Manifest[]): Promise<string[]> {
  const byValue = await Promise.all(manifests.map(checkValues));
  return [...byValue.flat(), ...(await checkFields(manifests))];
}

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;
const modelOf = ({ apiVersion, kind }: Manifest): string => `kubernetes-models/${apiVersion}/${kind}`;

async function checkValues(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind } = manifest;
  try {
    const models = await import(modelOf(manifest));
    new models[kind](manifest).validate();
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const unknown = code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' || code === 'ERR_MODULE_NOT_FOUND';
    return [`${nameOf(manifest)}: ${unknown ? `${apiVersion} has no ${kind}` : message}`];
  }
}

const root = path.resolve(import.meta.dirname, '../..');
const compilerOptions = {
  module: 'nodenext',
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  types: [],
};

/** An object literal may have no field that its type does not have: the compiler knows them all. */
async function checkFields(manifests: readonly Manifest[]): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-manifests-'));
  try {
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await Promise.all(
      manifests.map((manifest, index) =>
        writeFile(
          path.join(folder, `${index}.ts`),
          `import type { I${manifest.kind} as Model } from '${modelOf(manifest)}';\n` +
            `export const object: Model = ${JSON.stringify(manifest, null, 1)};\n`,
        ),
      ),
    );
    const output = await compile(folder);
    return output.map((line) =>
      line.replace(/^(\d+)\.ts\(.*?\): error TS\d+/, (_, index) => nameOf(manifests[Number(index)]!)),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function compile(folder: string): Promise<string[]> {
  const tsc = path.join(root, 'node_modules/.bin/tsc');
  return new Promise((resolve, reject) => {
    execFile(tsc, ['--project', folder, '--pretty', 'false'], { cwd: folder }, (error, stdout) => {
      // A number: it compiled and says what is wrong. Anything else: it could not be run.
      if (error && typeof error.code !== 'number') reject(error);
      else resolve(stdout.split('\n').filter((line) => /error TS/.test(line)));
    });
  });
}
