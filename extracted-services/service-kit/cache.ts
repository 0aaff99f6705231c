/** Keeps answers for a short time. Values are JSON; a value that is not there is null, never undefined. */
export type Cache = {
  /** What is kept under the key, else what `load` resolves to. Rejects only when `load` does. */
  remember<Value>(key: string, load: () => Promise<Value>): Promise<Value>;
  /** Everything kept so far is forgotten, for every instance of the service; never rejects. */
  forgetAll(): Promise<void>;
  close(): void;
};

/** For a service that is run without Redis. */
export const noCache: Cache = {
  remember: (_key, load) => load(),
  forgetAll: async () => {},
  close: () => {},
};
