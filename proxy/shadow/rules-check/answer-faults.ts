import type { ReadAnswer } from '../compare/compare-pair.ts';
import { token } from '../compare/place.ts';
import type { Body } from '../compare/read-body.ts';
import { isUncomparedHeader } from '../compare/uncompared-headers.ts';
import type { Fault } from './fault.ts';
import { jsonFaults } from './json-faults.ts';
import { markupFaults } from './markup-faults.ts';

/** Every sort of fault that an answer may have, one at a time. */
export function* answerFaults(answer: ReadAnswer): Generator<Fault> {
  const at = { part: 'status', place: 'status' } as const;
  yield { ...at, kind: 'error status', answer: { ...answer, status: answer.status >= 400 ? 200 : 500 } };
  yield { ...at, kind: 'other status', answer: { ...answer, status: answer.status + 1 } };
  yield* headerFaults(answer);
  yield* bodyFaults(answer);
}

function* headerFaults(answer: ReadAnswer): Generator<Fault> {
  const { headers } = answer;
  const seen = new Set<string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    if (isUncomparedHeader(name) || name === 'content-length' || seen.has(name)) continue;
    seen.add(name);
    const place = `header:${token(name)}`;
    const part = 'header';
    const without = headers.toSpliced(index, 2);
    yield { kind: 'missing', part, place, answer: { ...answer, headers: without } };
    // The second directive of a list, and nothing that a date or a set could be taken for.
    const value = name === 'set-cookie' ? 'ficus-check=1' : 'ficus-check/other';
    yield { kind: 'value', part, place, answer: { ...answer, headers: headers.with(index + 1, value) } };
  }
  const extra = [...headers, 'X-Ficus-Check', 'extra'];
  yield {
    kind: 'extra',
    part: 'header',
    place: 'header:x-ficus-check',
    answer: { ...answer, headers: extra },
  };
}

function* bodyFaults(answer: ReadAnswer): Generator<Fault> {
  const { body } = answer;
  const withBody = (changed: Body) => ({ ...answer, body: changed });
  const whole = { part: 'body', place: 'body:' } as const;
  if (body.kind === 'empty') {
    yield { ...whole, kind: 'extra', answer: withBody({ kind: 'text', text: 'ficus-check' }) };
    return;
  }
  yield { ...whole, kind: 'empty', answer: withBody({ kind: 'empty' }) };
  const half = { kind: 'opaque', description: 'cut in half', byteLength: 1, digest: 'half' } as const;
  yield { ...whole, kind: 'truncated', answer: withBody(half) };
  if ('value' in body) {
    for (const { kind, place, value } of jsonFaults(body.value))
      yield { kind, part: 'body', place, answer: withBody({ ...body, value } as Body) };
  } else if ('root' in body) {
    for (const { kind, place, root } of markupFaults(body.root))
      yield { kind, part: 'body', place, answer: withBody({ ...body, root }) };
  } else if ('text' in body) {
    const lines = body.text.split('\n');
    const withLines = (changed: readonly string[]) => withBody({ kind: 'text', text: changed.join('\n') });
    yield { kind: 'missing', part: 'body', place: 'body:/*', answer: withLines(lines.slice(1)) };
    yield {
      kind: 'value',
      part: 'body',
      place: 'body:/*',
      answer: withLines(['ficus-check', ...lines.slice(1)]),
    };
    yield { kind: 'extra', part: 'body', place: 'body:/*', answer: withLines([...lines, 'ficus-check']) };
  } else {
    yield { ...whole, kind: 'value', answer: withBody({ ...body, digest: 'other' }) };
  }
}
