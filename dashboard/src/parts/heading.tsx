import { type ReactNode, useEffect } from 'react';

/** A screen's title, also that of the tab. */
export function Heading({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Ficus`;
  }, [title]);
  return (
    <div className="heading">
      <div>
        <h1>{title}</h1>
        {children}
      </div>
      {aside}
    </div>
  );
}
