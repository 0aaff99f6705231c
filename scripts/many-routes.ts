/** A routes.yaml with that many routes in migrations of ten, told apart from another by `version`. */
export function manyRoutes(
  ports: { readonly monolith: number; readonly service: number },
  routes: number,
  version: number,
): string {
  const lines = [
    'upstreams:',
    `  monolith: { url: "http://127.0.0.1:${ports.monolith}" }`,
    `  service: { url: "http://127.0.0.1:${ports.service}" }`,
    'default: monolith',
    'migrations:',
  ];
  for (let migration = 0; migration * 10 < routes; migration++) {
    lines.push(`  m${migration}:`, '    service: service', `    owner: team-${version}`, '    routes:');
    for (let route = 0; route < Math.min(10, routes - migration * 10); route++) {
      lines.push(`      - GET /api/m${migration}/r${route}/{id}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
