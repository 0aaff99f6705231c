import { reasonMove } from './reason-move.ts';

export const approve = reasonMove(
  'approve',
  'Say yes to the next step that wants a second person',
  'a week without a difference',
);
