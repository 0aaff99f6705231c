import { reasonMove } from './reason-move.ts';

export const pause = reasonMove('pause', 'the shop has a sale');
