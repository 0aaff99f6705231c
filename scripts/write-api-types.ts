/** `npm run api-types`: the types of the admin API, made of its description, for the CLI and the dashboard. */
import { readFileSync, writeFileSync } from 'node:fs';
import { apiTypesOf } from './api-types.ts';

const description = new URL('../proxy/admin/openapi.yaml', import.meta.url);
const types = new URL('../proxy/admin/api-types.generated.ts', import.meta.url);

writeFileSync(types, await apiTypesOf(readFileSync(description, 'utf8')));
