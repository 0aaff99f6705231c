/** `npm run build`: the dashboard, into dashboard/dist, from where the admin plane serves it. */
import { buildDashboard } from './dashboard-build.ts';

try {
  for (const line of await buildDashboard()) console.log(line);
} catch (error) {
  console.error(`npm run build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
