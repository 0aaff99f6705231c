import { loadRoutes } from './load-routes.ts';
import { formatProblem } from './problem.ts';

export interface CheckOutcome {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ficus check`: every problem of a routes.yaml, one a line; warnings do not make it fail. */
export async function checkFile(file: string, { json = false } = {}): Promise<CheckOutcome> {
  const { parsed } = await loadRoutes(file);
  const exitCode = parsed.ok ? 0 : 1;
  if (json) {
    const { ok } = parsed;
    const outcome = parsed.ok
      ? {
          ok,
          file,
          hash: parsed.model.hash,
          ...countsOf(parsed.model),
          problems: [],
          warnings: parsed.warnings,
        }
      : { ok, file, problems: parsed.problems, warnings: [] };
    return { exitCode, stdout: `${JSON.stringify(outcome, null, 2)}\n`, stderr: '' };
  }
  if (!parsed.ok) return { exitCode, stdout: '', stderr: lines(parsed.problems.map(formatProblem)) };
  const { upstreams, migrations, routes } = countsOf(parsed.model);
  const counts = [
    plural(upstreams, 'upstream'),
    plural(migrations, 'migration'),
    plural(routes, 'route'),
  ].join(', ');
  const warnings = parsed.warnings.map((warning) => `warning: ${formatProblem(warning)}`);
  return { exitCode, stdout: `${file}: ${counts}\n`, stderr: lines(warnings) };
}

type Model = Extract<Awaited<ReturnType<typeof loadRoutes>>['parsed'], { ok: true }>['model'];

function countsOf({ upstreams, migrations }: Model) {
  const routes = migrations.reduce((sum, migration) => sum + migration.routes.length, 0);
  return { upstreams: upstreams.length, migrations: migrations.length, routes };
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

async function main(args: readonly string[]): Promise<CheckOutcome> {
  const files = args.filter((arg) => !arg.startsWith('-'));
  const flags = args.filter((arg) => arg.startsWith('-'));
  const [file] = files;
  if (file === undefined || files.length > 1 || flags.some((flag) => flag !== '--json')) {
    return { exitCode: 2, stdout: '', stderr: 'usage: node proxy/config/check.ts FILE [--json]\n' };
  }
  return checkFile(file, { json: flags.includes('--json') });
}

if (import.meta.main) {
  const { exitCode, stdout, stderr } = await main(process.argv.slice(2));
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
