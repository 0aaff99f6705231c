import { writeFileSync } from 'node:fs';
import { recordingJsonSchema } from './schema.ts';

/** For whoever reads or writes recordings. Run it after a change of the schema; a test says when it was forgotten. */
const file = new URL('recording.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(recordingJsonSchema, null, 2)}\n`);
