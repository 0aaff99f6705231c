import express from 'express';
import type { Gate } from './access.ts';
import { Refusal } from './refusal.ts';

const parse = express.json({ limit: '100kb' });

/** Parses a JSON body and refuses any other; a body that is absent is one of the others. */
export const readJson: Gate = (request, response, next) => {
  if (!request.is('application/json'))
    throw new Refusal('unsupported', 'Content-Type must be application/json');
  parse(request, response, next);
};
