import { pino } from 'pino';
import { holdSessionLock } from '../../../proxy/store/session-lock.ts';

/** A process that wants the lock of its first argument's Postgres, and says who has it whenever that changes. */
const lock = holdSessionLock({ databaseUrl: process.argv[2]!, key: 99, log: pino({ level: 'silent' }) });
let said = '';
setInterval(() => {
  const holder = lock.holder();
  if (holder !== said) process.stdout.write(`${holder}\n`);
  said = holder;
}, 20);
