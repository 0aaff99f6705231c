import { reasonMove } from './reason-move.ts';

export const retire = reasonMove('retire', 'nobody asked the monolith for a month');
