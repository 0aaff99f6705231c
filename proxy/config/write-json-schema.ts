import { writeFileSync } from 'node:fs';
import { routesJsonSchema } from './schema.ts';

/** For editors. Run it, and `npm run fix`, after a change of the schema; a test says when it was forgotten. */
const file = new URL('routes.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(routesJsonSchema, null, 2)}\n`);
