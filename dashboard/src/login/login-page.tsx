import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type ApiError, write } from '../api/client.ts';
import { Heading } from '../parts/heading.tsx';
import { Refused } from '../parts/reason-dialog.tsx';

/** `error`: what Ficus said to somebody it does not know. */
export function LoginPage({ error }: { error: ApiError }) {
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
  // Where there is a provider, its address is part of what everybody is told.
  const hasProvider = error.message.includes('/login');
  const here = window.location.pathname + window.location.search;
  return (
    <div className="login">
      <Heading title="Log in" />
      {hasProvider && (
        <p>
          <a className="button primary" href={`/login?to=${encodeURIComponent(here)}`}>
            Log in at your provider
          </a>
        </p>
      )}
      <form onSubmit={submit} className="card">
        <label htmlFor="token">{hasProvider ? 'Or with a token' : 'Token'}</label>
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
    </div>
  );
}
