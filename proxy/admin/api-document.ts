import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';
import { middleware as openApiValidator } from 'express-openapi-validator';
import { parse } from 'yaml';

/** What openapi.yaml says; nobody may change it. */
export const apiDocument = parse(readFileSync(new URL('./openapi.yaml', import.meta.url), 'utf8'));

const made = new Map<boolean, RequestHandler[]>();

/**
 * Holds requests, and where it is asked for our own answers, against openapi.yaml. Its schemas are compiled when they
 * are first needed, which takes a third of a second of them all: once for every app of a process.
 */
export function validateByApiDocument(validateResponses: boolean): RequestHandler[] {
  const handlers = made.get(validateResponses) ?? makeValidator(validateResponses);
  made.set(validateResponses, handlers);
  return handlers;
}

function makeValidator(validateResponses: boolean): RequestHandler[] {
  return openApiValidator({
    // Its own copy, because it rewrites what it is given.
    apiSpec: structuredClone(apiDocument),
    validateResponses,
    validateSecurity: false,
    fileUploader: false,
    formats: { 'one-line-text': { type: 'string', validate: isOneLineText } },
  });
}

/** Something to read, and no control character or line end, with which it could forge lines elsewhere. */
function isOneLineText(text: string): boolean {
  return /\S/.test(text) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}
