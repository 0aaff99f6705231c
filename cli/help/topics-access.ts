import type { Topic } from './topic.ts';

export const accessTopics: readonly Topic[] = [
  {
    name: 'access',
    also: ['login', 'tokens', 'roles', 'admin'],
    title: 'Whom the commands ask, and who may do what',
    blocks: [
      'Commands are a thin client of the admin API: on the machine of Ficus, without a login, they need nothing. Elsewhere they need its address and a token.',
      {
        lines: [
          'ficus token ci --role operator --expires 2027-01-31    # prints the token, and what its file keeps',
          'export FICUS_ADMIN_URL=https://ficus.example.org',
          'export FICUS_TOKEN=ficus_…',
          'ficus status',
        ],
      },
      {
        terms: [
          ['viewer', 'reads everything, redacted as it is stored'],
          ['qa', 'also judges differences and verifies contracts'],
          ['operator', 'also moves migrations, throws the kill switch, records'],
          ['admin', 'also promotes past the gate'],
        ],
      },
      'A token goes into FICUS_TOKEN and never onto the command line, where others on the machine could read it. docs/login.md says how people log in.',
    ],
  },
  {
    name: 'exit-codes',
    also: ['exit', 'exit-code', 'exit-status', 'errors', 'scripts', 'json', 'ci'],
    title: 'Exit codes, --json and use in scripts',
    blocks: [
      {
        terms: [
          ['0', 'done'],
          ['1', 'refused or failed: the reasons are on stderr'],
          ['2', 'wrong usage: what is wrong and the usage line are on stderr'],
        ],
      },
      '--json prints one JSON document on stdout, as the admin API has it; of a failure too: a problem with a stable code and its reasons. With --watch it is one document a line.',
      {
        lines: [
          "ficus status --json | jq -r '.migrations[] | [.id, .share.effective] | @tsv'",
          'ficus promote catalog --json > answer.json || jq -r .code answer.json    # gate_refused',
        ],
      },
      'A move can say on which state it was decided: --revision N of what `ficus status ID` showed is refused with revision_conflict when somebody has moved it since.',
    ],
  },
  {
    name: 'environment',
    also: ['env', 'variables', 'settings', 'color', 'colour'],
    title: 'Environment variables',
    blocks: [
      'Of every command that asks a running Ficus:',
      {
        terms: [
          ['FICUS_ADMIN_URL', 'where it answers, when --admin does not say (http://127.0.0.1:8081)'],
          ['FICUS_TOKEN', 'a token, where there is a login'],
          ['NO_COLOR, FORCE_COLOR', 'never colour; always colour. --color is stronger'],
          ['COLUMNS', 'how wide tables may be where no terminal says it'],
          ['TZ', 'the time zone of the times that are printed'],
          [
            'NODE_EXTRA_CA_CERTS',
            'certificates to trust besides the known ones, for an admin plane by https',
          ],
        ],
      },
      'Of `ficus up`, among others; README.md lists all with their defaults:',
      {
        terms: [
          ['FICUS_PORT', 'where clients come in (8080); FICUS_ADMIN_PORT: admin API and dashboard (8081)'],
          ['FICUS_DATA_DIR', 'flags, states, and an embedded Postgres where none is given (.ficus)'],
          ['FICUS_WORKERS', 'processes that take traffic (one a core)'],
          ['DATABASE_URL', 'Postgres (else an embedded one)'],
          ['REDIS_URL', 'where replicas add up what their guards count'],
          ['UNLEASH_URL', 'a flag server; UNLEASH_API_TOKEN reads there, UNLEASH_ADMIN_TOKEN flips'],
          ['LOG_LEVEL', 'debug, info, warn, error (info)'],
        ],
      },
    ],
  },
];
