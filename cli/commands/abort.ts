import { reasonMove } from './reason-move.ts';

export const abort = reasonMove(
  'abort',
  'End the ramp: back to the share that it began from',
  'too early in the week',
);
