import { readFileSync } from 'node:fs';

/** As many as a process may open here at most, so far as many are wanted. */
export function openFilesAtMost(wanted: number): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const hard = /^Max open files +\S+ +(\d+)/m.exec(limits)?.[1];
  return Math.min(wanted, hard === undefined ? wanted : Number(hard));
}
