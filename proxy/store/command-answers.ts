import type { Database } from './database.ts';

/** What a command was answered with: a status of 2xx, and JSON. */
export interface CommandAnswer {
  readonly status: number;
  readonly answer: string;
}

/** A command that somebody is doing, or has done; `kept` is absent until it is. */
export interface KnownCommand {
  readonly bodyHash: string;
  readonly kept?: CommandAnswer;
}

export interface CommandAnswerStore {
  /** Claims a command for whoever asks first: undefined for them, and what is known of it for others. */
  claim(command: string, bodyHash: string): Promise<KnownCommand | undefined>;
  /** What it was answered, for a day. */
  keep(command: string, bodyHash: string, answer: CommandAnswer): Promise<void>;
  /** It was not done: whoever sends it again may try. */
  release(command: string): Promise<void>;
}

const keptHours = 24;
/** Longer under way, its replica has died. */
const staleMinutes = 10;

export function createCommandAnswerStore(database: Database): CommandAnswerStore {
  return {
    async claim(command, bodyHash) {
      const claimed = await database.query(
        `insert into ficus.command_answers as known (command, body_hash) values ($1, $2)
         on conflict (command) do update set body_hash = excluded.body_hash, claimed_at = now(), status = null,
           answer = null
         where known.claimed_at < now() - make_interval(hours => $3)
           or (known.status is null and known.claimed_at < now() - make_interval(mins => $4))
         returning command`,
        [command, bodyHash, keptHours, staleMinutes],
      );
      if (claimed.length > 0) return undefined;
      const [known] = await database.query<{ bodyHash: string } & Partial<CommandAnswer>>(
        'select body_hash as "bodyHash", status, answer from ficus.command_answers where command = $1',
        [command],
      );
      if (!known) return undefined;
      const { status, answer } = known;
      const kept = status === undefined || answer === undefined ? undefined : { status, answer };
      return { bodyHash: known.bodyHash, ...(kept && { kept }) };
    },

    async keep(command, bodyHash, { status, answer }) {
      await database.query(
        `insert into ficus.command_answers (command, body_hash, status, answer) values ($1, $2, $3, $4)
         on conflict (command) do update set body_hash = excluded.body_hash, status = excluded.status,
           answer = excluded.answer`,
        [command, bodyHash, status, answer],
      );
      await database.query(
        'delete from ficus.command_answers where claimed_at < now() - make_interval(hours => $1)',
        [keptHours],
      );
    },

    async release(command) {
      await database.query('delete from ficus.command_answers where command = $1 and status is null', [
        command,
      ]);
    },
  };
}
