import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createUnleashStories, type UnleashStories } from '../../../proxy/flags/unleash-stories.ts';
import { HeardLog } from './heard-log.ts';

interface Logged {
  readonly id: number;
  readonly type: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly featureName?: string;
  readonly data?: object;
}

/** The log of an Unleash server, as its admin API gives it. Our own name there is `ficus`. */
let logged: Logged[];
let userStatus: number;
let stories: UnleashStories;

const server = {
  async ask(_method: string, path: string) {
    if (path === '/user') return { status: userStatus, body: { user: { username: 'ficus' } } };
    const query = new URLSearchParams(path.split('?')[1]);
    const named = (key: string) => query.get(key)?.replace(/^IS:/, '');
    const [feature, type] = [named('feature'), named('type')];
    const events = logged.filter(
      (event) =>
        (feature === undefined || event.featureName === feature) &&
        (type === undefined || event.type === type),
    );
    return { status: 200, body: { events: events.toReversed() } };
  },
};

const flag = 'catalog.serve';

function changed(by: string, featureName = flag): void {
  const at = new Date(1_764_000_000_000 + logged.length * 1000).toISOString();
  logged.push({
    id: logged.length + 1,
    type: 'feature-strategy-update',
    createdBy: by,
    createdAt: at,
    featureName,
  });
}

const ours = () => stories.asOurs(flag, async () => changed('ficus'));
const story = (final = false) => stories.storyOf({ flag }, final);

async function author(final = false): Promise<string | boolean> {
  const told = await story(final);
  return told.own === false ? told.author : String(told.own);
}

beforeEach(() => {
  logged = [];
  userStatus = 200;
  stories = createUnleashStories(server, 'development', new HeardLog().log, 0);
});

describe('a change of ours', () => {
  test('is ours', async () => {
    await ours();
    assert.deepEqual(await story(), { own: true });
  });

  test('is ours where the flag is seen to be another before the server has answered us', async () => {
    const answered = Promise.withResolvers<void>();
    const writing = stories.asOurs(flag, async () => {
      changed('ficus');
      await answered.promise;
    });
    while (logged.length === 0) await new Promise(setImmediate);
    const told = story(true);
    answered.resolve();
    await writing;
    assert.deepEqual(await told, { own: true });
  });

  test('made just before a flip of somebody else was told is not told as theirs when it is seen after that', async () => {
    changed('alice');
    await ours();
    assert.equal(await author(), 'alice');
    assert.equal(await author(), 'true');
  });

  test('is not told as that of somebody who flipped the flag just after it: the two are one, a while later', async () => {
    await ours();
    changed('alice');
    assert.equal(await author(), 'perhaps');
    assert.equal(await author(true), 'alice');
    assert.equal(await author(), 'alice');
  });

  test('is ours also when Unleash did not say at once who we are', async () => {
    userStatus = 503;
    await ours();
    assert.equal(await author(), 'perhaps');
    userStatus = 200;
    assert.equal(await author(), 'true');
  });
});

describe('a change of somebody else', () => {
  test('has its author, also where what was seen of it comes in two parts', async () => {
    changed('alice');
    assert.equal(await author(), 'alice');
    assert.equal(await author(), 'alice');
  });

  test('by our own name may be that of another replica, until it was given time to say so', async () => {
    changed('ficus');
    assert.equal(await author(), 'perhaps');
    assert.equal(await author(true), 'ficus');
  });

  test('of a segment has its author, and not that of another segment', async () => {
    const update = (id: number, by: string, segment: number) => ({
      id,
      type: 'segment-updated',
      createdBy: by,
      createdAt: '2026-11-24T12:00:00.000Z',
      data: { id: segment, name: `segment ${segment}` },
    });
    logged.push(update(1, 'alice', 3), update(2, 'bob', 4));
    const told = await stories.storyOf({ segment: 3 }, false);
    assert.ok(told.own === false);
    assert.equal(told.author, 'alice');
  });
});
