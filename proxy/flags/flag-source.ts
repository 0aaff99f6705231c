import type { FeatureSet } from './feature-set.ts';
import type { Which } from './share.ts';

export interface ShareChange {
  readonly migrationId: string;
  readonly which: Which;
  /** 0 to 100; whole from 1 up, hundredths below. */
  readonly percent: number;
  readonly reason: string;
  readonly actor: string;
}

export interface KillChange {
  readonly on: boolean;
  readonly reason: string;
  readonly actor: string;
}

/** Who changed a flag, as far as the source knows. */
export type FlagStory =
  /** Only we did, or another replica tells of it. */
  | { readonly own: true }
  /** By the name that is ours, too, so that a replica may yet say that it was it; or the log does not answer yet. */
  | { readonly own: 'perhaps' }
  | {
      readonly own: false;
      /** A name, or why there is none. */
      readonly author: string;
      /** ISO time. */
      readonly at?: string;
      /** What a flag server has in its log of it, oldest first. */
      readonly events: readonly FlagEvent[];
    };

/** One entry of a flag server's own log. */
export interface FlagEvent {
  readonly id: number;
  /** Such as `feature-environment-enabled`. */
  readonly type: string;
  readonly by: string;
  readonly at: string;
}

/** What a change was made to: a flag, or a segment that flags rest on. */
export type Changed = { readonly flag: string } | { readonly segment: number };

/** Marks entries of a server's log as told. Resolves to those that no replica has told before. Never rejects. */
export type ClaimEvents = (ids: readonly number[]) => Promise<readonly number[]>;

export interface FlagHealth {
  readonly source: 'file' | 'unleash';
  /** False while the flags in force are last known ones. */
  readonly up: boolean;
  /** What is wrong, and since when; absent when nothing is. */
  readonly detail?: string;
}

/** Where shares come from and where they are set. */
export interface FlagSource {
  /** Never fails and never waits: what is known, or else what was known last, or else no flags at all. */
  current(): FeatureSet;
  /** False until a first good set was read: then `current` has no flags, and nobody decided that. */
  known(): boolean;
  onChange(listener: () => void): void;
  /** Rejects with a `FlagError` when the flag was not set. */
  setShare(change: ShareChange): Promise<void>;
  /** Turns the kill switch's flag on or off; rejects as `setShare` does. */
  setKill(change: KillChange): Promise<void>;
  /** How the last changes came about, those since they were told before; `final`: no more waiting. Never rejects. */
  storyOf(changed: Changed, final: boolean): Promise<FlagStory>;
  /** What was in force when this process, or the one before it, last ran; undefined where that is not known. */
  lastRun(): FeatureSet | undefined;
  /** Replicas that read the same server tell each of its flips once: see `ClaimEvents`. */
  shareClaims(claim: ClaimEvents): void;
  health(): FlagHealth;
  /** How long ago the source said what is in force, or that it is nothing new; undefined: not yet. */
  ageMs(): number | undefined;
  close(): Promise<void>;
}

/** Why a flag could not be set, and what to do about it, in words for whoever asked. */
export class FlagError extends Error {}

/** Somebody, or another replica, has moved the flag since it was seen last. */
export class FlagChanged extends FlagError {}
