import type { Command } from './command.ts';
import { abort } from './commands/abort.ts';
import { approve } from './commands/approve.ts';
import { audit } from './commands/audit.ts';
import { check } from './commands/check.ts';
import { contracts } from './commands/contracts.ts';
import { diffs } from './commands/diffs.ts';
import { drill } from './commands/drill.ts';
import { force } from './commands/force.ts';
import { gate } from './commands/gate.ts';
import { guard } from './commands/guard.ts';
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
import { verdicts } from './commands/verdicts.ts';
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
  verdicts,
  record,
  replay,
  regressions,
  contracts,
  verify,
  force,
  gate,
  promote,
  pause,
  resume,
  approve,
  abort,
  rollback,
  guard,
  drill,
  retire,
  kill,
  audit,
  token,
];

export const commands: readonly Command[] = [...lifeCommands, helpFor(lifeCommands)];
