import { reasonMove } from './reason-move.ts';

export const resume = reasonMove('resume', 'Steps forward go on', 'the sale is over');
