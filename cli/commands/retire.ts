import { reasonMove } from './reason-move.ts';

export const retire = reasonMove(
  'retire',
  'The service alone has it, once the monolith had no hit for long enough',
  'nobody asked the monolith for a month',
);
