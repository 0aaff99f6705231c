import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

/** One object of Kubernetes, as it would be applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly [field: string]: unknown;
}

const run = promisify(execFile);

/** What `kubectl kustomize` makes of a folder; needs no cluster. */
export async function buildManifests(folder: string): Promise<Manifest[]> {
  const { stdout } = await run('kubectl', ['kustomize', folder]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('kubectl is not on the PATH: install the package "kubectl", 1.27 or later');
  });
  return parseAllDocuments(stdout).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS();
  });
}
