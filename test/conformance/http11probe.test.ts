import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf, type ProbeCase, probeCases } from './http11probe-cases.ts';
import { exceptions } from './http11probe-exceptions.ts';
import { allowsSilence, type Verdict, verdictOf } from './http11probe-verdict.ts';
import { type Probing, probe } from './probe.ts';
import { readStrictly } from './strict-requests.ts';

/** The best server of the public run had 112. */
const MIN_PASSES = 115;

const outcomes: { readonly probeCase: ProbeCase; readonly verdict: Verdict; readonly seen: Probing }[] = [];

test('what the vectors could not hold is made again as it was', () => {
  for (const probeCase of probeCases) {
    if (probeCase.id === 'MAL-CONTROL-CHARS-HEADER') continue;
    const asStored = bytesOf(probeCase, 'localhost:8080')
      .replace(/[\x80-\xff]/g, '?')
      .slice(0, 8192);
    assert.equal(asStored, probeCase.raw, probeCase.id);
  }
});

describe('Http11Probe through the proxy', () => {
  for (const probeCase of probeCases) {
    const { id, expected, what } = probeCase;
    test(`${id}: ${what}: ${expected}`, async () => {
      const seen = await probe((authority) => bytesOf(probeCase, authority), {
        mayBeSilent: allowsSilence(expected),
      });
      const verdict = verdictOf(id, expected, seen);
      outcomes.push({ probeCase, verdict, seen });
      assert.notEqual(verdict, 'Fail', `the client saw ${shown(seen)}`);
      if (probeCase.scored) {
        const isException = id in exceptions;
        assert.equal(
          verdict === 'Pass',
          !isException,
          isException ? 'it is no exception any more' : shown(seen),
        );
      }
      assertUpstreamSafe(probeCase, seen);
      assert.deepEqual(seen.disturbed, [], 'canaries');
    });
  }
});

/** Whatever the client was told: nothing that can be misread has reached the upstream. */
function assertUpstreamSafe(probeCase: ProbeCase, seen: Probing): void {
  assert.deepEqual(seen.atUpstream, [], 'what the upstream cannot read');
  const isForwarded = seen.answer !== undefined && !seen.isOurs;
  assert.equal(seen.forwarded.length, isForwarded ? 1 : 0, 'whole requests at the upstream');
  const sent = readStrictly(Buffer.from(bytesOf(probeCase, 'shop'), 'latin1'));
  if (!isForwarded || sent === 'incomplete' || 'problem' in sent) return;
  const got = seen.forwarded[0]!;
  assert.deepEqual(
    [got.method, got.target, got.body.toString('latin1')],
    [sent.request.method, sent.request.target, sent.request.body.toString('latin1')],
  );
}

function shown({ status, connection, isOurs }: Probing): string {
  return `${status ?? 'no answer'}${isOurs ? ' (ours)' : ''}, ${connection}`;
}

test(`at least ${MIN_PASSES} of 125 scored cases pass`, (t) => {
  const scored = outcomes.filter(({ probeCase }) => probeCase.scored);
  const count = (of: typeof outcomes, verdict: Verdict) =>
    of.filter((outcome) => outcome.verdict === verdict).length;
  for (const [name, of] of [
    ['scored', scored],
    ['unscored', outcomes.filter(({ probeCase }) => !probeCase.scored)],
  ] as const) {
    t.diagnostic(
      `${name}: ${count(of, 'Pass')} Pass, ${count(of, 'Warn')} Warn, ${count(of, 'Fail')} Fail of ${of.length}`,
    );
  }
  for (const { probeCase, verdict, seen } of outcomes) {
    t.diagnostic(`${verdict} ${probeCase.id}${probeCase.scored ? '' : ' (unscored)'}: ${shown(seen)}`);
  }
  assert.equal(scored.length, 125);
  assert.ok(count(scored, 'Pass') >= MIN_PASSES);
});

test('every exception is a scored case', () => {
  const scored = new Set(probeCases.filter(({ scored }) => scored).map(({ id }) => id));
  assert.deepEqual(
    Object.keys(exceptions).filter((id) => !scored.has(id)),
    [],
  );
});
