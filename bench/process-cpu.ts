import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;
const pageBytes = 4096;

/** CPU time of a process and of all that descend from it, those that have ended aside. */
export function cpuSecondsOf(pid: number): number {
  return family(pid).reduce((sum, one) => sum + one.ticks, 0) / ticksPerSecond;
}

/** Memory in RAM of the same processes; what they share counts in each. */
export function residentBytesOf(pid: number): number {
  return family(pid).reduce((sum, one) => sum + one.residentBytes, 0);
}

function family(pid: number): Process[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(read);
  const pids = new Set([pid]);
  for (let grew = true; grew; ) {
    const before = pids.size;
    for (const one of processes) if (pids.has(one.parent)) pids.add(one.pid);
    grew = pids.size > before;
  }
  return processes.filter((one) => pids.has(one.pid));
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly residentBytes: number;
}

function read(pid: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; what follows it is numbered from the state (3) on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [
      {
        pid: Number(pid),
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]),
        residentBytes: Number(fields[21]) * pageBytes,
      },
    ];
  } catch {
    return []; // It ended meanwhile.
  }
}
