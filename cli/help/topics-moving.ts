import type { Topic } from './topic.ts';

export const movingTopics: readonly Topic[] = [
  {
    name: 'words',
    also: ['glossary'],
    title: 'The words that commands, page and docs use',
    blocks: [
      {
        terms: [
          ['monolith', 'the system that has answered everything so far, and the default for every path'],
          ['service', 'what was taken out of it, and is to answer some paths instead'],
          ['upstream', 'an address requests can be sent to: the monolith or a service'],
          ['migration', 'what moves as one: the routes that share state, their service, flags and gate'],
          ['route', 'one method and path template, such as GET /api/orders/{orderId}'],
          ['phase', 'where a migration stands: monolith, shadow, canary, service, retired'],
          ['pair', 'the answers of both sides to the same request'],
          ['difference', 'one place (status, header, part of the body) where a pair disagrees'],
          ['signature', 'all equal differences: same route, place and kind'],
          ['noise', 'differences that the monolith also has with itself'],
          ['verdict', 'what somebody decided on a signature: bug, expected or noise'],
          ['gate', 'the question whether a migration may go a step further; it names every reason'],
          [
            'evidence',
            'the counts a gate reads, of the builds and comparison rules they were gathered under',
          ],
          ['share', 'the part of the users that a flag asks for'],
          ['cap', 'the part that the evidence allows; the smaller of both is in force: the effective share'],
          ['promote, roll back', 'one step forward; straight back to the monolith'],
          ['guard', 'the watcher that rolls back by itself'],
        ],
      },
    ],
  },
  {
    name: 'phases',
    also: ['life', 'migration', 'start'],
    title: 'The life of a migration, and its commands',
    blocks: [
      'monolith → shadow → canary → service → retired; and back to the monolith in one step from anywhere.',
      {
        terms: [
          ['monolith', 'it answers everybody, nothing is copied'],
          ['shadow', 'it answers everybody; a share of the requests is copied to the service and compared'],
          ['canary', 'the service answers a share of the users; who is in at 1 % is in at 5 %'],
          [
            'service',
            'it answers everybody; some requests are copied to the monolith, to keep the way back proven',
          ],
          ['retired', 'the monolith had no hit for long enough and its handlers can be deleted'],
        ],
      },
      {
        lines: [
          'ficus check --config routes.yaml',
          'ficus up --config routes.yaml',
          'ficus shadow catalog --share 10%',
          'ficus diffs catalog',
          'ficus gate catalog',
          'ficus promote catalog --to 100% --reason "nothing left to judge"',
          'ficus status catalog --watch',
          'ficus retire catalog --reason "nobody asked the monolith for a month"',
        ],
      },
      'A promote to a share further away is a ramp: it goes by the steps of routes.yaml, holds each for its time and its requests, waits while evidence is thin, and goes back when it is bad. docs/delivery.md has windows, approvals and webhooks.',
    ],
  },
  {
    name: 'flags',
    also: ['unleash', 'share', 'shares', 'kill-switch'],
    title: 'What flags ask, and what is in force',
    blocks: [
      'Each migration has two flags: ID.serve asks which share of the users the service answers, ID.shadow which share of the requests is copied. ficus.kill sends everything to the monolith. They live on an Unleash server where UNLEASH_URL names one, else in flags.json of the data directory.',
      'A flag only asks. In force is the smaller of what it asks and what the evidence allows: `ficus status` shows asked, allowed and effective beside each other, and why not more. A flag that is missing, unknown or unreachable moves nobody forward.',
      {
        lines: [
          'ficus status catalog',
          'ficus kill --reason "prices are wrong everywhere"',
          'ficus kill --off --reason "it was the cache"',
          'ficus force catalog --side service --for 8h --reason "regression test"',
        ],
      },
      'docs/flags.md says what a flag is told of a request, and how Ficus writes flags.',
    ],
  },
  {
    name: 'on-call',
    also: ['oncall', 'roll-back', 'rolling-back', 'incident', 'emergency', 'runbook'],
    title: 'Something is wrong, and you were woken by it',
    blocks: [
      'Going back is never refused and asks neither Postgres, Redis nor the flag server. When in doubt, roll back and look afterwards.',
      {
        lines: [
          'ficus rollback catalog --reason "prices are off"    # this one, at once',
          'ficus kill --reason "no idea yet"                   # all of them, in every replica',
        ],
      },
      {
        terms: [
          [
            'What happened?',
            '`ficus audit --since 2h` has every move with who and why, the guard’s and those made in Unleash too.',
          ],
          [
            'Was it the guard?',
            '`ficus guard` says what it took back and by which numbers. Until somebody clears it nothing of it goes forward again.',
          ],
          [
            'Where does it stand?',
            '`ficus status`, or `ficus status --watch`: shares, errors and p99 of both sides.',
          ],
          [
            'No Ficus answers?',
            'Traffic goes on without its admin plane. Here, on the machine itself, `curl http://127.0.0.1:8081/readyz` lists its parts; --admin or FICUS_ADMIN_URL names another.',
          ],
          [
            'Unleash is away?',
            'Roll back works. `ficus kill` counts in the replica that was asked until the flag can be written.',
          ],
          [
            'Postgres is away?',
            'Roll back and kill work; the audit is kept here and written later. Nothing goes forward meanwhile.',
          ],
        ],
      },
      'Afterwards, once it is mended:',
      {
        lines: [
          'ficus guard clear catalog --reason "build 1.4.2 has the index back"',
          'ficus kill --off --reason "it was the cache"',
          'ficus promote catalog --reason "mended in 1.4.2"',
        ],
      },
    ],
  },
];
