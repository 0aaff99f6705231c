import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { apiPage } from '../../../proxy/admin/docs-page/api-page.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

const file = new URL('../../../proxy/admin/openapi.yaml', import.meta.url);
const apiDocument = parse(readFileSync(file, 'utf8'));

test('the page has every operation, schema and code, and every link on it leads somewhere', () => {
  const page = apiPage(apiDocument);
  for (const path of Object.keys(apiDocument.paths)) assert.ok(page.includes(`<code>${path}</code>`), path);
  for (const name of Object.keys(apiDocument.components.schemas))
    assert.ok(page.includes(`id="schema-${name}"`), name);
  for (const code of apiDocument.components.schemas.ProblemCode.enum)
    assert.ok(page.includes(`<code>${code}</code></td>`), code);
  const targets = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!);
  assert.ok(links.length > targets.size / 2);
  assert.deepEqual(
    links.filter((id) => !targets.has(id)),
    [],
  );
});

test('markup stands in the document, it is text on the page', () => {
  const planted = `</script><img src=x onerror="alert('1')">`;
  const page = apiPage({
    ...apiDocument,
    info: { ...apiDocument.info, description: planted },
    components: {
      ...apiDocument.components,
      schemas: { ...apiDocument.components.schemas, [planted]: { description: planted, enum: [planted] } },
    },
  });
  assert.ok(!page.includes('<img') && !page.includes('</script'));
  assert.ok(page.includes('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;'));
});

test('the page is served without a script and with a style of ours', async () => {
  const client = adminClient(new InMemoryEstate());
  const page = await client.get('/api/docs').expect(200);
  assert.match(page.headers['content-type']!, /^text\/html/);
  assert.match(page.headers['content-security-policy']!, /^default-src 'none'; style-src 'self';/);
  assert.doesNotMatch(page.text, /<script|style=|https?:/);
  const [, style] = / href="([^"]+\.css)"/.exec(page.text) ?? [];
  const css = await client.get(style!).expect(200);
  assert.match(css.headers['content-type']!, /^text\/css/);
});
