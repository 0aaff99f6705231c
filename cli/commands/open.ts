import { spawn } from 'node:child_process';
import type { MigrationStatus, SignatureDetail } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { FailedError, UsageError } from '../failures.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

const screens = ['overview', 'differences', 'audit', 'settings'] as const;

export const open = defineCommand({
  name: 'open',
  usage: 'open [ID [--signature S] | --screen NAME] [--print]',
  operands: [{ ...migrationOperand, required: false }],
  options: {
    signature: {
      type: 'string',
      value: 'S',
      text: 'this difference of the migration, its pairs side by side',
    },
    screen: { type: 'string', value: 'NAME', choices: screens, text: screens.join(', ') },
    print: { type: 'boolean', text: 'only print the address' },
  },
  asksAdmin: true,
  examples: [
    'ficus open catalog',
    'ficus open catalog --signature 5f1c0a9be2d4',
    'ficus open --screen audit --print',
  ],

  async run({ operands: [id], values: { signature, screen, print = false }, admin }) {
    if (signature !== undefined && id === undefined)
      throw new UsageError('--signature wants the migration, too: ficus open ID --signature S');
    if (screen !== undefined && id !== undefined) throw new UsageError('give either ID or --screen');
    const client = admin();
    await refuseWhatIsNotThere(client, id, signature);
    const url = client.base + pathOf(id, signature, screen);
    const opened = !print && (await openInBrowser(url));
    const warnings = print || opened ? [] : ['no browser could be started here: open the address in one'];
    return { json: { url, opened }, text: url, warnings };
  },
});

function pathOf(id: string | undefined, signature: string | undefined, screen: string | undefined): string {
  if (id === undefined) return screen === undefined || screen === 'overview' ? '/' : `/${screen}`;
  const migration = encodeURIComponent(id);
  return signature === undefined
    ? `/migrations/${migration}`
    : `/differences/${migration}/${encodeURIComponent(signature)}`;
}

/** Better said here than by an empty page. Where a login is wanted the page asks for it. */
async function refuseWhatIsNotThere(
  client: AdminClient,
  id: string | undefined,
  signature: string | undefined,
): Promise<void> {
  try {
    if (id === undefined) await client.get('/api/config');
    else if (signature === undefined) await client.get<MigrationStatus>(migrationPath(id));
    else {
      const path = migrationPath(id, `/signatures/${encodeURIComponent(signature)}?limit=1`);
      await client.get<SignatureDetail>(path);
    }
  } catch (error) {
    const isForLogin = error instanceof FailedError && error.code === 'login_needed';
    if (!isForLogin) throw error;
  }
}

/** False where there is none, such as on a server that somebody is logged in to. */
async function openInBrowser(url: string): Promise<boolean> {
  const { platform, env } = process;
  if (platform === 'darwin') return started('open', [url]);
  if (platform === 'win32') return started('explorer.exe', [url]);
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['BROWSER']) && started('xdg-open', [url]);
}

function started(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
  });
}
