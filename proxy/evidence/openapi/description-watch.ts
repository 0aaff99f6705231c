import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type ApiDocument, readDocument } from '../../openapi/document.ts';
import type { Migration, Upstream } from '../../routing/model.ts';
import type { Announcement } from '../announcements.ts';
import { getFrom } from '../get-from-upstream.ts';

/** What a service says that its API is. */
export interface ServiceDescription {
  readonly hash: string;
  readonly document: ApiDocument;
  /** Of the service, when it was read. */
  readonly build: string;
}

/** `problem`: why it, or a newer one, is not there, for people. Both absent: the service is not described. */
export interface DescriptionState {
  readonly description?: ServiceDescription;
  readonly problem?: string;
}

export interface DescriptionWatchDeps {
  readonly migrations: () => readonly Migration[];
  readonly upstream: (id: string) => Upstream;
  readonly announced: (upstream: Upstream) => Announcement;
  /** Some description is another one than before. */
  readonly onChange: () => void;
  readonly log: Logger;
}

const limits = { maxBytes: 4 * 1024 * 1024, timeoutMs: 3000 };
/** An announced description is the build's; it is asked again this often all the same, by turns of `refresh`. */
const askAgainAfter = 15;

interface Known extends DescriptionState {
  /** Where from, and the build where that matters: what changes makes it read anew. */
  readonly source: string;
  readonly text?: string;
  readonly turns: number;
}

/** The description of every migration's service as it is now, from its file or from the service itself. */
export class DescriptionWatch {
  readonly #deps: DescriptionWatchDeps;
  #known = new Map<string, Known>();

  constructor(deps: DescriptionWatchDeps) {
    this.#deps = deps;
  }

  of(migration: string): DescriptionState {
    return this.#known.get(migration) ?? {};
  }

  /** Reads again what may have changed. Never rejects. */
  async refresh(): Promise<void> {
    const before = this.#known;
    const entries = await Promise.all(
      this.#deps.migrations().map(async (migration) => {
        const known = before.get(migration.id);
        return [migration.id, await this.#read(migration, known)] as const;
      }),
    );
    this.#known = new Map(entries.flatMap(([id, known]) => (known ? [[id, known]] : [])));
    const ids = new Set([...before.keys(), ...this.#known.keys()]);
    let isChanged = false;
    for (const id of ids) {
      const [was, is] = [before.get(id), this.#known.get(id)];
      if (is?.problem !== undefined && is.problem !== was?.problem)
        this.#deps.log.warn({ migration: id, problem: is.problem }, "service's description not read");
      isChanged ||= was?.description?.hash !== is?.description?.hash;
    }
    if (isChanged) this.#deps.onChange();
  }

  async #read(migration: Migration, known: Known | undefined): Promise<Known | undefined> {
    if (migration.gate.openapi === 'off') return undefined;
    const upstream = this.#deps.upstream(migration.service);
    const { build, openapi } = this.#deps.announced(upstream);
    if (migration.openapi !== undefined) {
      const { openapi: file } = migration;
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
      if (typeof text !== 'string')
        return { ...keep(known), source: file, turns: 0, problem: `${file} can't be read (${text.code})` };
      return taken({ source: file, text, build, known, name: file });
    }
    if (openapi === undefined) return undefined;
    const source = JSON.stringify([upstream.id, openapi, build]);
    const turns = (known?.turns ?? 0) + 1;
    if (known?.source === source && known.description && turns < askAgainAfter) return { ...known, turns };
    const answer = await getFrom(upstream, openapi, limits);
    const name = `${openapi} of ${upstream.id}`;
    if (answer?.status !== 200) {
      const why = answer === undefined ? 'no answer' : `status ${answer.status}`;
      return { ...keep(known), source, turns: askAgainAfter, problem: `${name} can't be read (${why})` };
    }
    return taken({ source, text: answer.body, build, known, name });
  }
}

/** What was known stays until it is replaced: a description that is away for a moment is the same one. */
function keep(known: Known | undefined): Pick<Known, 'description' | 'text'> {
  return {
    ...(known?.description && { description: known.description }),
    ...(known?.text !== undefined && { text: known.text }),
  };
}

function taken(from: {
  readonly source: string;
  readonly text: string;
  readonly build: string;
  readonly known: Known | undefined;
  readonly name: string;
}): Known {
  const { source, text, build, known, name } = from;
  if (known?.text === text && known.description) {
    return { source, text, turns: 0, description: { ...known.description, build } };
  }
  const read = readDocument(text);
  if (!read.ok) return { ...keep(known), source, turns: 0, problem: `${name} ${read.problem}` };
  const { hash, document } = read;
  return { source, text, turns: 0, description: { hash, document, build } };
}
