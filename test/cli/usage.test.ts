import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { runFicus, runHere } from './run-ficus.ts';

const wrong: [args: string[], message: RegExp, usage: string][] = [
  [['promote'], /promote needs ID: a migration's name/, 'ficus promote ID'],
  [['gate', 'a', 'b'], /"b" is one argument too many/, 'ficus gate ID'],
  [['shadow', 'catalog'], /shadow needs --share, such as --share 10%/, 'ficus shadow ID'],
  [
    ['shadow', 'catalog', '--share', 'ten'],
    /--share wants a share from 0% to 100%.*not "ten"/,
    'ficus shadow ID',
  ],
  [['shadow', 'catalog', '--share', '101%'], /not "101%"/, 'ficus shadow ID'],
  [['shadow', 'catalog', '--share', '-5%'], /'--share' argument is ambiguous/, 'ficus shadow ID'],
  [['promote', 'catalog', '--to', '0%'], /--to 0% is no promotion: use `ficus rollback/, 'ficus promote ID'],
  [['promote', 'catalog', '--too', '5%'], /Unknown option '--too'; did you mean --to\?/, 'ficus promote ID'],
  [['rollback', 'catalog'], /rollback needs --reason/, 'ficus rollback ID --reason TEXT'],
  [['rollback', 'catalog', '--reason', ' '], /rollback needs --reason/, 'ficus rollback ID --reason TEXT'],
  [['diffs', 'catalog', '--pairs', '3'], /--pairs says how many pairs of a --signature/, 'ficus diffs ID'],
  [
    ['diffs', 'catalog', '--signature', 'a', '--pairs', '0'],
    /--pairs wants a whole number from 1 to 50/,
    'ficus diffs',
  ],
  [['audit', '--limit', '1e9'], /--limit wants a whole number from 1 to 500, not "1e9"/, 'ficus audit'],
  [['audit', '--limit', '5', '--verify'], /--verify checks every entry/, 'ficus audit'],
  [['status', '--admin', 'localhost:8081'], /--admin wants a URL such as http/, 'ficus status'],
  [['status', '--admin', 'http://a:b@localhost'], /without user.*FICUS_TOKEN/, 'ficus status'],
  [['check', 'a.yaml', '--config', 'b.yaml'], /give one/, 'ficus check'],
  [['up', '--admin', 'http://localhost'], /Unknown option '--admin'/, 'ficus up'],
  [['up', '--port', '80a'], /--port wants a whole number from 0 to 65535, not "80a"/, 'ficus up'],
  [['up', '--admin-port', '65536'], /--admin-port wants/, 'ficus up'],
  [['up', '--port', '9000', '--admin-port', '9000'], /are both 9000/, 'ficus up'],
  [['up', '--workers', '0'], /--workers wants a whole number from 1 to 256/, 'ficus up'],
  [['up', '--config', ''], /--config is empty/, 'ficus up'],
  [['up', 'routes.yaml'], /"routes.yaml" is one argument too many/, 'ficus up'],
  [['up', '--config'], /'--config <value>' argument missing/, 'ficus up'],
  [['init'], /init needs --from, such as --from access.log/, 'ficus init --from FILE'],
  [['init', '--from', 'a', '--monolith', 'shop'], /--monolith wants a URL/, 'ficus init'],
  [['record'], /record needs --out/, 'ficus record [ID…]'],
  [['record', '--out', 'd', '--for', '10'], /--for wants a time from 1s to 24h/, 'ficus record'],
  [['record', '--out', 'd', '--max-bytes', '5'], /--max-bytes wants a size from 64k/, 'ficus record'],
  [['record', '--out', 'd', '--format', 'zip'], /--format wants gzip, zstd or none/, 'ficus record'],
  [['regressions', 'catalog'], /regressions needs --out/, 'ficus regressions ID'],
  [['replay'], /replay needs FILE…/, 'ficus replay FILE…'],
  [['replay', 'f', '--service', 'http://a'], /either --monolith URL, or --control-recorded/, 'ficus replay'],
  [['replay', 'f', '--service', 'a:1', '--control-recorded'], /--service wants a URL/, 'ficus replay'],
  [
    ['replay', 'f', '--service', 'http://a', '--control-recorded', '--rate', 'fast'],
    /--rate wants 500\/s, 2x or as-recorded, not "fast"/,
    'ficus replay',
  ],
  [
    ['replay', 'f', '--service', 'http://a', '--control-recorded', '--unsafe', 'yes'],
    /--unsafe wants skip, dry-run or send/,
    'ficus replay',
  ],
  [['statsu'], /there is no command "statsu"; did you mean "status"\?/, 'ficus COMMAND'],
  [['roll'], /did you mean "rollback"\?/, 'ficus COMMAND'],
  [['launch'], /there is no command "launch"; `ficus help` lists/, 'ficus COMMAND'],
  [['--admin', 'x', 'status'], /"--admin" is no command: options follow one/, 'ficus COMMAND'],
  [['help', 'proomte'], /did you mean "promote"\?/, 'ficus help'],
];
for (const [args, message, usage] of wrong) {
  test(`ficus ${args.join(' ')} is wrong usage: exit 2, what is wrong and the usage line`, async () => {
    const replacesProcess = args[0] === 'up' || args[0] === 'check';
    const { stdout, stderr, exitCode } = await (replacesProcess ? runFicus(args) : runHere(args));
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    const [first = '', second = ''] = stderr.split('\n');
    assert.match(first, message);
    assert.ok(second.startsWith(`usage: ${usage}`), second);
  });
}

test('a wrong FICUS_ADMIN_URL or FICUS_TOKEN is named', async () => {
  const url = await runHere(['status'], { FICUS_ADMIN_URL: 'nonsense' });
  assert.equal(url.exitCode, 2);
  assert.match(url.stderr, /^ficus: FICUS_ADMIN_URL wants a URL.*"nonsense"/);
  const token = await runHere(['status'], { FICUS_TOKEN: 'two words' });
  assert.equal(token.exitCode, 2);
  assert.match(token.stderr, /^ficus: FICUS_TOKEN has characters/);
});

for (const { name, load } of commands) {
  test(`ficus ${name} --help has the usage line and an example, and the command is the one of the list`, async () => {
    const { usage, name: own } = await load();
    assert.equal(own, name);
    const { stdout, stderr, exitCode } = await runHere([name, '--help']);
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.ok(stdout.startsWith(`usage: ficus ${usage}\n`));
    assert.match(stdout, new RegExp(`\\nexample:\\n  ficus ${name}`));
    assert.match(stdout, /\n {2}--json /);
    assert.equal((await runHere(['help', name])).stdout, stdout);
  });
}

test('ficus alone, --help and help show the same list', async () => {
  const [alone, option, command] = await Promise.all([
    runFicus([]),
    runFicus(['--help']),
    runFicus(['help']),
  ]);
  assert.equal(alone.exitCode, 0);
  for (const { name } of commands) assert.match(alone.stdout, new RegExp(`^  ${name} `, 'm'));
  assert.equal(option.stdout, alone.stdout);
  assert.equal(command.stdout, alone.stdout);
});

test('--version prints the version of the project', async () => {
  assert.match((await runFicus(['--version'])).stdout, /^ficus \d+\.\d+\.\d+\n$/);
});

test('wrong usage ends the process with 2', async () => {
  assert.equal((await runFicus(['statsu'])).exitCode, 2);
});
