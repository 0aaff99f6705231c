import { MatchersV3 } from '@pact-foundation/pact';

/** A verifier holds a regular expression to the whole of the value. */
export const isJson = {
  'Content-Type': MatchersV3.regex('^application/json.*$', 'application/json; charset=utf-8'),
};

/** The body of a refusal: its code matters to the shop, its wording does not. */
export const failure = (code: string, message: string) => ({
  error: { code, message: MatchersV3.like(message) },
});
