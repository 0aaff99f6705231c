import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { VerifyResult } from '../../../proxy/admin/admin-deps.ts';
import type * as api from '../../../proxy/admin/api-types.ts';
import type { Deletable, GateAnswer, MigrationStatus } from '../../../proxy/delivery/model.ts';
import type { ContractView } from '../../../proxy/evidence/contract-view.ts';
import type { ContractDraft } from '../../../proxy/evidence/draft-contract.ts';
import type { ListedSignature } from '../../../proxy/evidence/list-signatures.ts';
import type { StandingVerdict } from '../../../proxy/evidence/standing-verdicts.ts';
import type { RecordingStatus } from '../../../proxy/recording/recording-status.ts';
import type { AuditCheck, AuditRow, PairRow, VerdictRow } from '../../../proxy/store/model.ts';
import { apiTypesOf } from '../../../scripts/api-types.ts';

const admin = new URL('../../../proxy/admin/', import.meta.url);

test('the types of the API are those that its description makes', async () => {
  const made = await apiTypesOf(readFileSync(new URL('openapi.yaml', admin), 'utf8'));
  const kept = readFileSync(new URL('api-types.generated.ts', admin), 'utf8');
  assert.equal(kept, made, 'openapi.yaml has changed: run `npm run api-types`');
});

test('nothing in the types of the API can be written to', async () => {
  const types = await apiTypesOf(`
components:
  schemas:
    Page:
      type: object
      required: [rows, names]
      properties:
        rows:
          type: array
          items: { type: object, required: [at], properties: { at: { $ref: "#/components/schemas/Times" } } }
        names: { type: array, items: { enum: [a, b] } }
        counts: { type: object, additionalProperties: { type: array, items: { type: integer } } }
    Times: { type: array, items: { type: string } }
`);
  const wanted = `
export type Times = readonly string[];

export interface Page {
  readonly rows: readonly {
    readonly at: Times;
  }[];
  readonly names: readonly ('a' | 'b')[];
  readonly counts?: {
    readonly [k: string]: readonly number[];
  };
}
`;
  assert.equal(types.slice(types.indexOf('\n') + 1), wanted);
});

/** Keys, however deep, that we answer and the description does not have: `never` where there is none. */
type Undescribed<Ours, Api> = Ours extends readonly (infer Our)[]
  ? Api extends readonly (infer One)[]
    ? Undescribed<Our, One>
    : never
  : Ours extends object
    ? string extends keyof Api
      ? never
      :
          | Exclude<keyof Ours, keyof Api>
          | {
              [Key in keyof Ours & keyof Api]-?: Undescribed<NonNullable<Ours[Key]>, NonNullable<Api[Key]>>;
            }[keyof Ours & keyof Api]
    : never;

/** Held by `npm run types`; that all which is described is answered, `satisfies` in the routes holds. */
type Nothing<Keys extends never> = Keys;
export type NothingIsUndescribed = [
  Nothing<Undescribed<MigrationStatus, api.MigrationStatus>>,
  Nothing<Undescribed<GateAnswer, api.GateAnswer>>,
  Nothing<Undescribed<Deletable, api.Deletable>>,
  Nothing<Undescribed<ListedSignature, api.ListedSignature>>,
  // What a pair is a sample of is not kept with it.
  Nothing<Undescribed<Omit<PairRow, 'use'>, api.PairRow>>,
  Nothing<Undescribed<VerdictRow, api.VerdictRow>>,
  Nothing<Undescribed<StandingVerdict, api.StandingVerdict>>,
  Nothing<Undescribed<ContractView, api.ContractReport>>,
  Nothing<Undescribed<ContractDraft, api.ContractDraft>>,
  Nothing<Undescribed<Extract<VerifyResult, { done: true }>['results'], api.Verification['results']>>,
  Nothing<Undescribed<RecordingStatus, api.RecordingStatus>>,
  Nothing<Undescribed<AuditRow, api.AuditRow>>,
  Nothing<Undescribed<AuditCheck, api.AuditCheck>>,
];
