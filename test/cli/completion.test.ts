import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startAdmin } from '../../proxy/admin/start-admin.ts';
import { InMemoryEstate } from '../proxy/admin/in-memory-deps.ts';
import { ordersStatus } from '../proxy/admin/sample-data.ts';
import { ficusPath, runFicus, runHere, withEstate } from './run-ficus.ts';

let folder: string;
let admin: Awaited<ReturnType<typeof startAdmin>>;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ficus-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, exitCode } = await runHere(['completion', shell]);
    assert.equal(exitCode, 0);
    await writeFile(path.join(folder, shell), stdout);
  }
  await writeFile(path.join(folder, 'routes.yaml'), '');
  const estate = new InMemoryEstate();
  estate.migrations.set('orders', ordersStatus);
  admin = await startAdmin({ deps: estate.deps(), port: 0 });
});
after(async () => {
  await admin.close();
  await rm(folder, { recursive: true });
});

/** What a shell says; the program is not run by way of us, so that the admin plane, which is here, can answer. */
async function shellSays(command: string, script: string): Promise<string> {
  const { stdout, stderr } = await runFicus(['-c', script], {
    command,
    cwd: folder,
    env: { FICUS_ADMIN_URL: admin.url, HOME: folder },
  });
  assert.equal(stderr, '');
  return stdout;
}

const isMissing = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).error !== undefined;

/** The words of a command line up to the one under the cursor, as bash takes them apart; and what is offered. */
const cases: [words: string[], offered: string[]][] = [
  [['ficus', 'pro'], ['promote']],
  [
    ['ficus', 'promote', '--re'],
    ['--reason', '--revision'],
  ],
  [
    ['ficus', 'verdict', '5f1c0a9be2d4', '--as', ''],
    ['bug', 'expected', 'noise'],
  ],
  [['ficus', 'verdict', '5f1c0a9be2d4', '--as', '=', 'b'], ['bug']],
  [['ficus', 'guard', ''], ['clear']],
  [['ficus', 'help', 'on'], ['on-call']],
  [['ficus', 'check', '--config', 'rou'], ['routes.yaml']],
  [['ficus', 'rollback', '--reason', ''], []],
  [['ficus', 'launch', ''], []],
  [
    [ficusPath, 'promote', ''],
    ['catalog', 'orders'],
  ],
  [[ficusPath, 'guard', 'clear', 'ca'], ['catalog']],
  [[ficusPath, 'promote', '--admin', 'http', ':', '//127.0.0.1', ':', '1', ''], []],
];

test('bash is offered commands, options, fixed values, files and migrations, each where it may stand', async () => {
  const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(' ');
  const asks = cases.map(
    ([words]) =>
      `COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _ficus; echo "\${COMPREPLY[*]}"`,
  );
  const said = await shellSays('/bin/bash', [`source ${folder}/bash`, ...asks].join('\n'));
  const offered = said.split('\n').slice(0, -1);
  assert.deepEqual(
    offered.map((line, index) => `${cases[index]?.[0].join(' ')} → ${line}`),
    cases.map(([words, wanted]) => `${words.join(' ')} → ${wanted.join(' ')}`),
  );
});

test('fish is offered the same, with what it means', {
  skip: isMissing('fish') && 'fish is not there',
}, async () => {
  const said = await shellSays(
    'fish',
    `source ${folder}/fish
complete -C 'ficus verd'; complete -C 'ficus force x --side '; complete -C '${ficusPath} guard clear '`,
  );
  assert.match(said, /^verdict\tDecide on a difference: bug, expected or noise\nverdicts\t/);
  assert.match(said, /\nservice\t.*\ncatalog\norders\n$/s);
});

test('zsh takes the script, and completes what is unique', {
  skip: isMissing('zsh') && 'zsh is not there',
}, async () => {
  const said = await shellSays(
    'zsh',
    `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; autoload -U compinit; compinit -D -u; source ${folder}/zsh; print loa''ded"
zpty -r shell line '*loaded*'
zpty -n -w shell $'${ficusPath} rollb\\tcat\\t'
zpty -r -m shell line '*rollback*catalog*' && print -r -- "$line"`,
  );
  assert.match(said, /rollback.*catalog/s);
});

test('completion migrations is silent where no Ficus answers, and for names that a shell would run', async () => {
  const away = await runHere(['completion', 'migrations', '--admin', 'http://127.0.0.1:1']);
  assert.deepEqual([away.exitCode, away.stdout, away.stderr], [0, '', '']);
  await withEstate(async (ficus, estate) => {
    const status = estate.migrations.get('catalog')!;
    estate.migrations.set('$(reboot)', { ...status, id: '$(reboot)' });
    assert.equal((await ficus('completion', 'migrations')).stdout, 'catalog\n');
  });
});

test('a shell that is not known is wrong usage', async () => {
  const { exitCode, stderr } = await runHere(['completion', 'tcsh']);
  assert.equal(exitCode, 2);
  assert.match(stderr, /completion knows bash, zsh, fish, not "tcsh"/);
});
