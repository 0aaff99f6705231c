import { Link } from '@tanstack/react-router';
import { Heading } from './heading.tsx';

export function NothingHere() {
  return (
    <>
      <Heading title="Nothing is here" />
      <p>
        This address leads nowhere. <Link to="/">All migrations</Link>
      </p>
    </>
  );
}
