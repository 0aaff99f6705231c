import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { percent } from '../format.ts';

/** Asked, allowed and effective share on one line of 0 to 100 %. */
export function ShareBar({ share }: { share: MigrationStatus['share'] }) {
  const { asked, allowed, effective } = share;
  const text = `asked ${percent(asked)}, allowed ${percent(allowed)}, effective ${percent(effective)}`;
  return (
    <svg className="share-bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={text}>
      <title>{text}</title>
      <rect className="all" width="100" height="6" />
      <rect className="asked" width={asked} height="6" />
      <rect className="effective" width={effective} height="6" />
      {allowed > 0 && <rect className="allowed" x={Math.min(allowed, 99.2) - 0.4} width="1.2" height="6" />}
    </svg>
  );
}
