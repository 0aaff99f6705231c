import type { Topic } from './topic.ts';

export const evidenceTopics: readonly Topic[] = [
  {
    name: 'gates',
    also: ['reasons', 'refused', 'why-not'],
    title: 'Why a migration may not go further yet',
    blocks: [
      '`ficus gate ID` lists every reason for and against the next step. ✓ speaks for it, ! too but is to be looked at, … waits for more, ✗ speaks against it. The gate is open when nothing waits or speaks against it; what is missing is listed at the end.',
      {
        terms: [
          ['pairs', 'gate.minPairs compared pairs, and one of each route that can be copied'],
          ['agreement', 'the lower bound of agreement is at least gate.agreement'],
          [
            'unjudged, verdicts, noise',
            'nothing is without a judgement, and no bug stands (`ficus help judging`)',
          ],
          ['coverage', 'what clients ask for has been compared'],
          [
            'contracts, unproven',
            'pacts are verified; a route that can’t be copied has one (`ficus verify ID`)',
          ],
          ['openapi', 'both sides’ answers fit the service’s description'],
          [
            'latency, errors',
            'the service is not shown to be slower, and does not fail where the monolith does not',
          ],
          ['build, store', 'the service says which build it is; the counts are up to date'],
        ],
      },
      {
        lines: [
          'ficus gate catalog',
          'ficus promote catalog --to 5% --override --for 2h --reason "the monolith is down"',
        ],
      },
      'The second goes past the gate for a time, and is loud in status and audit. docs/evidence.md has each rule, its method and its source.',
    ],
  },
  {
    name: 'evidence',
    also: ['pairs', 'builds', 'agreement', 'noise'],
    title: 'What counts, for which builds, and how it is measured',
    blocks: [
      'A share of the requests is copied to the other side after the client has its answer, and both answers are compared. Nothing of it can delay or fail a client’s request.',
      'Counts belong to the builds of both sides and to the comparison rules: another build or rule starts anew, and the old counts stay to be looked at.',
      {
        terms: [
          [
            'agreement',
            'pairs that agree, as the lower end of Wilson’s score interval at 95 %: few pairs show little. Differences that are noise or expected count as agreement.',
          ],
          [
            'noise',
            'some requests are sent to the monolith twice; what it has with itself often enough is noise, measured and not guessed',
          ],
          [
            'coverage',
            'per route: methods, statuses, types and query parameters that clients used and no pair showed',
          ],
        ],
      },
      {
        lines: [
          'ficus diffs catalog                      # of the builds and rules of now',
          'ficus diffs catalog --build 1.0.0        # what an older build showed',
          'ficus check --rules catalog              # what would the comparison rules hide?',
        ],
      },
    ],
  },
  {
    name: 'judging',
    also: ['qa', 'judge', 'differences', 'signatures'],
    title: 'What to do with a difference',
    blocks: [
      {
        lines: [
          'ficus diffs catalog                              # what holds the gate comes first',
          'ficus diffs catalog --signature 5f1c0a9be2d4     # pairs side by side',
          'ficus open catalog --signature 5f1c0a9be2d4      # the same in the browser',
          'ficus verdict 5f1c0a9be2d4 --as expected --reason "prices get cents" --until 2027-01-31',
        ],
      },
      {
        terms: [
          ['bug', 'refuses the gate until a build without it has enough pairs'],
          ['expected', 'counts as agreement until its date, which it needs, also under new builds'],
          [
            'noise',
            'counts as agreement until pairs asked twice show that the service has it more often than the monolith',
          ],
        ],
      },
      'A verdict is never changed, only followed by a newer one; each is in the audit with its owner and reason. What is always so (an order that means nothing, a field of no interest) is better said in routes.yaml under shadow.compare: the page writes the lines.',
    ],
  },
];
