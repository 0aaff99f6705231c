import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { write } from '../api/client.ts';
import { loginWays } from '../api/queries.ts';
import { Heading } from '../parts/heading.tsx';
import { Refused } from '../parts/reason-dialog.tsx';

/** Offers the ways in that there are. */
export function LoginPage() {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const [refusal, setRefusal] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefusal(undefined);
    try {
      await write('/login', { token: token.trim() });
      await queries.resetQueries();
    } catch (thrown) {
      setRefusal(thrown);
    }
  };
  const { data: ways } = useQuery(loginWays);
  const here = window.location.pathname + window.location.search;
  return (
    <div className="login">
      <Heading title="Log in" />
      {ways?.provider && (
        <p>
          <a className="button primary" href={`/login?to=${encodeURIComponent(here)}`}>
            Log in at your provider
          </a>
        </p>
      )}
      {ways?.tokens && (
        <form onSubmit={submit} className="card">
          <label htmlFor="token">{ways.provider ? 'Or with a token' : 'Token'}</label>
          <input
            id="token"
            type="password"
            value={token}
            onChange={(event) => setToken(event.target.value)}
            required
            autoComplete="current-password"
            spellCheck={false}
          />
          <p className="muted">
            <code>ficus token NAME --role viewer</code> makes one; whoever runs Ficus keeps its hash in the
            tokens file.
          </p>
          {refusal !== undefined && <Refused error={refusal} />}
          <button type="submit" className="primary">
            Log in
          </button>
        </form>
      )}
      {ways && !ways.provider && !ways.tokens && (
        <p>
          Nobody can log in now: the tokens file has no token that is valid, and there is no login provider.
          Whoever runs Ficus mends that; traffic does not depend on it.
        </p>
      )}
    </div>
  );
}
