import { type RefObject, useId, useState } from 'react';
import type { VerdictRequest } from '../../../proxy/admin/api-types.ts';

export type Verdict = VerdictRequest['verdict'];

export const choices: readonly { readonly verdict: Verdict; readonly key: string; readonly about: string }[] =
  [
    { verdict: 'bug', key: 'b', about: 'The service is to be mended; the gate stays shut until it is.' },
    { verdict: 'expected', key: 'e', about: 'The service is right to differ, until a date.' },
    { verdict: 'noise', key: 'o', about: 'It means nothing: the monolith differs from itself there, too.' },
  ];

const defaultDays = 30;

/** A decision that is being written. */
export interface VerdictDraft {
  readonly verdict: Verdict | undefined;
  readonly reason: string;
  readonly owner: string;
  /** `2026-12-24`, in the reader's zone. */
  readonly until: string;
}

export function useVerdictDraft(verdict?: Verdict) {
  return useState<VerdictDraft>(() => ({ verdict, reason: '', owner: '', until: dayFromNow(defaultDays) }));
}

/** Undefined while no verdict is chosen. */
export function requestOf({ verdict, reason, owner, until }: VerdictDraft): VerdictRequest | undefined {
  if (verdict === undefined) return undefined;
  return {
    verdict,
    reason: reason.trim(),
    ...(owner.trim() !== '' && { owner: owner.trim() }),
    ...(until !== '' && verdict === 'expected' && { until: endOfDay(until) }),
  };
}

interface VerdictFieldsProps {
  readonly draft: VerdictDraft;
  readonly onDraft: (draft: VerdictDraft) => void;
  readonly reasonField: RefObject<HTMLInputElement | null>;
}

export function VerdictFields({ draft, onDraft, reasonField }: VerdictFieldsProps) {
  const id = useId();
  const { verdict, reason, owner, until } = draft;
  return (
    <>
      <fieldset>
        <legend className="hidden">Verdict</legend>
        {choices.map(({ verdict: one, key, about }) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name={`${id}-verdict`}
              value={one}
              required
              checked={verdict === one}
              onChange={() => onDraft({ ...draft, verdict: one })}
            />
            <span>
              <strong>{one}</strong> <kbd>{key}</kbd>
              <span className="muted below">{about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label htmlFor={`${id}-reason`}>Reason</label>
      <input
        id={`${id}-reason`}
        ref={reasonField}
        value={reason}
        onChange={({ target }) => onDraft({ ...draft, reason: target.value })}
        required
        maxLength={500}
        autoComplete="off"
      />
      <div className="two">
        <div>
          <label htmlFor={`${id}-owner`}>Owner</label>
          <input
            id={`${id}-owner`}
            value={owner}
            onChange={({ target }) => onDraft({ ...draft, owner: target.value })}
            maxLength={100}
            placeholder="the migration's"
            autoComplete="off"
          />
        </div>
        {verdict === 'expected' && (
          <div>
            <label htmlFor={`${id}-until`}>Until</label>
            <input
              id={`${id}-until`}
              type="date"
              required
              value={until}
              min={dayFromNow(1)}
              max={dayFromNow(364)}
              onChange={({ target }) => onDraft({ ...draft, until: target.value })}
            />
          </div>
        )}
      </div>
    </>
  );
}

function dayFromNow(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

const endOfDay = (day: string): string => new Date(`${day}T23:59:59`).toISOString();
