import { reasonMove } from './reason-move.ts';

export const pause = reasonMove('pause', 'No step forward until somebody resumes', 'the shop has a sale');
