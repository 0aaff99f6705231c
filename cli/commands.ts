import type { Command } from './command.ts';
import { abort } from './commands/abort.ts';
import { approve } from './commands/approve.ts';
import { audit } from './commands/audit.ts';
import { check } from './commands/check.ts';
import { diffs } from './commands/diffs.ts';
import { gate } from './commands/gate.ts';
import { helpFor } from './commands/help.ts';
import { init } from './commands/init.ts';
import { kill } from './commands/kill.ts';
import { pause } from './commands/pause.ts';
import { promote } from './commands/promote.ts';
import { record } from './commands/record.ts';
import { regressions } from './commands/regressions.ts';
import { replay } from './commands/replay.ts';
import { resume } from './commands/resume.ts';
import { retire } from './commands/retire.ts';
import { rollback } from './commands/rollback.ts';
import { shadow } from './commands/shadow.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import { up } from './commands/up.ts';
import { verdict } from './commands/verdict.ts';
import { verify } from './commands/verify.ts';

/** In the order of a migration's life. */
const lifeCommands = [
  init,
  up,
  check,
  status,
  shadow,
  diffs,
  verdict,
  record,
  replay,
  regressions,
  verify,
  gate,
  promote,
  pause,
  resume,
  approve,
  abort,
  rollback,
  retire,
  kill,
  audit,
  token,
];

export const commands: readonly Command[] = [...lifeCommands, helpFor(lifeCommands)];
