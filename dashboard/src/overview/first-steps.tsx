/** An installation that has no migration yet. */
export function FirstSteps() {
  return (
    <div className="card first">
      <h2>Everything goes to the monolith</h2>
      <p>
        Ficus stands in front of it already; no migration is defined yet, so nothing is looked at and nothing
        moves.
      </p>
      <ol>
        <li>
          Let it write a first routes.yaml from what the monolith serves:{' '}
          <code>ficus init --from openapi.yaml</code> (or an access log, or a HAR file).
        </li>
        <li>
          Look at it, and check it: <code>ficus check</code>. It is read again when it is saved; no restart.
        </li>
        <li>
          Then this page lists a row for each migration, and the first step is to copy some requests to the
          service: <code>ficus shadow ID --share 10%</code>, or the button here.
        </li>
      </ol>
    </div>
  );
}
