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
  health(): FlagHealth;
  close(): Promise<void>;
}

/** Why a flag could not be set, and what to do about it, in words for whoever asked. */
export class FlagError extends Error {}
