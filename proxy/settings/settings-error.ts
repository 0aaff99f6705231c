/** What is wrong with the command line or the environment, in one sentence. */
export class SettingsError extends Error {}

export type Environment = Readonly<Record<string, string | undefined>>;
