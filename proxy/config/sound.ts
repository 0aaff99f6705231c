/**
 * What is left of a configuration when its unsound parts are taken out: anything may be missing. Checks of
 * meaning run on it, so that one wrong value does not hide the other problems.
 */
export type Sound<T> = T extends readonly (infer E)[]
  ? readonly (Sound<E> | undefined)[]
  : T extends object
    ? string extends keyof T
      ? { readonly [name: string]: Sound<T[string & keyof T]> }
      : { readonly [K in keyof T]?: Sound<Exclude<T[K], undefined>> }
    : T;
