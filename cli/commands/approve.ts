import { reasonMove } from './reason-move.ts';

export const approve = reasonMove('approve', 'a week without a difference');
