import { readFile } from 'node:fs/promises';
import type { OpenAPIV3 } from 'express-openapi-validator/dist/framework/types.js';
import { parse } from 'yaml';

export type ApiDocument = OpenAPIV3.DocumentV3;

/** Reads an OpenAPI 3.0 file (YAML or JSON), as it was written. */
export async function readWrittenDocument(path: string): Promise<ApiDocument> {
  let document: ApiDocument;
  try {
    document = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error(`The API file ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (typeof document?.paths !== 'object' || document.paths === null) {
    throw new Error(`The API file ${path} has no "paths"`);
  }
  return document;
}

/** As the validator of requests and answers takes it. What it says is checked by that. */
export function validatedDocument(written: ApiDocument): ApiDocument {
  const document = structuredClone(written);
  takeQueryAsSent(document);
  answerHeadLikeGet(document);
  return document;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The validator would refuse `q=a+b` and `q=a:b`, which every form and most clients send, unless told otherwise. */
function takeQueryAsSent({ paths, components }: ApiDocument): void {
  const lists = Object.values(paths).flatMap((path) => [
    path.parameters,
    ...methods.map((method) => path[method]?.parameters),
  ]);
  const parameters = [...lists.flatMap((list) => list ?? []), ...Object.values(components?.parameters ?? {})];
  for (const parameter of parameters) {
    if ('in' in parameter && parameter.in === 'query') parameter.allowReserved = true;
  }
}

/** Express answers HEAD by the GET route; the validator would refuse it as a method that the file does not name. */
function answerHeadLikeGet(document: ApiDocument): void {
  for (const path of Object.values(document.paths)) {
    if (path.get === undefined || path.head !== undefined) continue;
    const { operationId: _, ...head } = structuredClone(path.get);
    path.head = head;
  }
}
