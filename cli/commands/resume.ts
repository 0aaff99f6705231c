import { reasonMove } from './reason-move.ts';

export const resume = reasonMove('resume', 'the sale is over');
