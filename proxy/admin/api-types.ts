/**
 * What the admin API takes and answers, as types: all that the CLI and the dashboard know of the proxy. They are
 * made of openapi.yaml, which is what is enforced; our own types are held to them wherever a route answers.
 */
export type * from './api-types.generated.ts';
export type {
  Override as OverrideTold,
  Pair as PairRow,
  Ramp as RampStatus,
  Recording as RecordingStatus,
  Signature as ListedSignature,
  Verdict as VerdictRow,
} from './api-types.generated.ts';
