import { reasonMove } from './reason-move.ts';

export const abort = reasonMove('abort', 'too early in the week');
