import { startTestRedis } from '../../test/support/redis.ts';
import { startTestUnleash } from '../../test/support/unleash-server.ts';
import type { Narrator } from './narrator.ts';

/** A real Unleash server and a real Redis, for the tour alone. */
export interface FlagServer {
  /** What a proxy needs to know of both. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the share of a flag as somebody does it on Unleash's own page. */
  setRollout(flag: string, percent: number): Promise<void>;
  flagNames(): Promise<string[]>;
}

/** Started for `servers` to stop. Redis comes as a Debian package: as root it is installed, else the error names it. */
export async function startServers(servers: AsyncDisposableStack, tell: Narrator): Promise<FlagServer> {
  const redis = await startTestRedis();
  servers.defer(() => redis.stop());
  tell.say(`redis     ${redis.url}`);
  const unleash = await startTestUnleash();
  servers.defer(() => unleash.stop());
  tell.say(`unleash   ${unleash.url}`);
  return {
    environment: {
      UNLEASH_URL: unleash.url,
      UNLEASH_API_TOKEN: unleash.apiToken,
      UNLEASH_ADMIN_TOKEN: unleash.adminToken,
      REDIS_URL: redis.url,
      FICUS_COOKIE_KEY: 'one key for all replicas of the tour',
      FICUS_WORKERS: '1',
    },
    setRollout: unleash.setRollout,
    async flagNames() {
      const { features } = (await unleash.admin('GET', '/projects/default/features')) as {
        features: { name: string }[];
      };
      return features.map(({ name }) => name).toSorted();
    },
  };
}
