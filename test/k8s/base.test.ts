import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { IContainer, IPodTemplateSpec } from 'kubernetes-models/v1';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import { buildManifests, type Manifest } from './build-manifests.ts';
import { checkManifests } from './check-manifests.ts';

const base = path.resolve(import.meta.dirname, '../../k8s/base');
const parts = ['ficus', 'catalog', 'payments'];

let manifests: Manifest[];
before(async () => {
  manifests = await buildManifests(base);
});

// biome-ignore lint/suspicious/noExplicitAny: the objects are held against their schemas first
function find(kind: string, name: string): any {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  assert.equal(found.length, 1, `${found.length} objects are ${kind} ${name}`);
  return found[0];
}

const labelOf = (part: string) => ({ 'app.kubernetes.io/name': part });
const podOf = (part: string): IPodTemplateSpec => find('Deployment', part).spec.template;

function containersOf(part: string): IContainer[] {
  const { containers, initContainers = [] } = podOf(part).spec!;
  return [...initContainers, ...containers];
}

describe('the kustomize base', () => {
  test('every object fits the schema of its kind', async () => {
    assert.deepEqual(await checkManifests(manifests), []);
  });

  test('holds these objects, and no Secret', () => {
    assert.deepEqual(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
      'ConfigMap ficus-routes',
      ...parts
        .flatMap((part) => [
          `Deployment ${part}`,
          `HorizontalPodAutoscaler ${part}`,
          `NetworkPolicy ${part}`,
          `PodDisruptionBudget ${part}`,
          `Service ${part}`,
          `ServiceAccount ${part}`,
        ])
        .sort(),
    ]);
  });

  test('names no namespace', () => {
    for (const { kind, metadata } of manifests) assert.equal(metadata.namespace, undefined, kind);
  });

  test('routes.yaml in the ConfigMap is one that the proxy takes, without a warning', () => {
    const text = find('ConfigMap', 'ficus-routes').data['routes.yaml'];
    const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/etc/ficus' });
    assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
    assert.deepEqual(parsed.warnings, []);
    const { upstreams } = parsed.model;
    for (const service of ['catalog', 'payments']) {
      const { metadata, spec } = find('Service', service);
      const upstream = upstreams.find(({ id }) => id === service);
      assert.equal(upstream?.hostname, metadata.name);
      assert.equal(upstream?.port, spec.ports[0].port);
    }
  });

  test('routes.yaml is mounted as a directory that `ficus up` is pointed at', () => {
    const [container] = containersOf('ficus');
    const mount = container?.volumeMounts?.find(({ name }) => name === 'routes');
    assert.equal(mount?.subPath, undefined);
    assert.ok(container?.args?.includes(`${mount?.mountPath}/routes.yaml`));
    const volume = podOf('ficus').spec!.volumes?.find(({ name }) => name === 'routes');
    assert.equal(volume?.configMap?.name, 'ficus-routes');
  });
});

for (const part of parts) {
  describe(`${part} in the base`, () => {
    test('runs as nobody special, on a root file system that is read-only', () => {
      const pod = podOf(part).spec!;
      assert.equal(pod.securityContext?.runAsNonRoot, true);
      assert.ok((pod.securityContext?.runAsUser ?? 0) > 0);
      assert.equal(pod.securityContext?.seccompProfile?.type, 'RuntimeDefault');
      assert.equal(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC, undefined);
      for (const container of containersOf(part)) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    });

    test('has no token of the cluster, nor addresses of other Services in its environment', () => {
      assert.equal(find('ServiceAccount', part).automountServiceAccountToken, false);
      const pod = podOf(part).spec!;
      assert.equal(pod.serviceAccountName, part);
      assert.equal(pod.automountServiceAccountToken, false);
      assert.equal(pod.enableServiceLinks, false);
    });

    test('every container has requests, limits and three probes', () => {
      for (const { resources, startupProbe, livenessProbe, readinessProbe } of containersOf(part)) {
        for (const bounds of [resources?.requests, resources?.limits]) {
          assert.deepEqual(Object.keys(bounds ?? {}).sort(), ['cpu', 'memory']);
        }
        for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
          assert.ok(probe?.exec ?? probe?.httpGet);
          assert.ok(probe?.timeoutSeconds && probe.periodSeconds && probe.failureThreshold);
        }
      }
    });

    test('what it may write to is empty at the start and bounded', () => {
      const writable = podOf(part).spec!.volumes?.filter(({ configMap }) => !configMap) ?? [];
      assert.ok(writable.length > 0);
      for (const { name, emptyDir } of writable) assert.ok(emptyDir?.sizeLimit, name);
    });

    test('secrets are named, never written down', () => {
      for (const { name, value } of containersOf(part).flatMap(({ env = [] }) => env)) {
        if (/URL|TOKEN|KEY|PASSWORD|SECRET|ENDPOINT/.test(name)) assert.equal(value, undefined, name);
      }
    });

    test('the objects around its pods select them, and nothing else does', () => {
      const { labels } = podOf(part).metadata!;
      const own = labelOf(part);
      assert.deepEqual({ ...labels, ...own }, labels);
      assert.deepEqual(find('Deployment', part).spec.selector, { matchLabels: own });
      assert.deepEqual(find('Service', part).spec.selector, own);
      assert.deepEqual(find('PodDisruptionBudget', part).spec.selector, { matchLabels: own });
      assert.deepEqual(find('NetworkPolicy', part).spec.podSelector, { matchLabels: own });
      for (const { labelSelector } of podOf(part).spec!.topologySpreadConstraints ?? []) {
        assert.deepEqual(labelSelector, { matchLabels: own });
      }
    });

    test('ports are known by name to the Service and the network policy', () => {
      const names = containersOf(part).flatMap(({ ports = [] }) => ports.map((port) => port.name));
      for (const port of find('Service', part).spec.ports) assert.ok(names.includes(port.targetPort));
      for (const rule of find('NetworkPolicy', part).spec.ingress) {
        for (const { port } of rule.ports) assert.ok(names.includes(port));
      }
    });

    test('two replicas at least, set by the autoscaler alone, of which a drain takes one', () => {
      const { minReplicas, maxReplicas, scaleTargetRef } = find('HorizontalPodAutoscaler', part).spec;
      assert.ok(minReplicas >= 2 && maxReplicas > minReplicas);
      assert.deepEqual(scaleTargetRef, { apiVersion: 'apps/v1', kind: 'Deployment', name: part });
      assert.equal(find('Deployment', part).spec.replicas, undefined);
      assert.equal(find('PodDisruptionBudget', part).spec.maxUnavailable, 1);
    });
  });
}

test("an overlay like the README's replaces the routes and puts everything in its namespace", async () => {
  const readme = await readFile(path.join(base, '../README.md'), 'utf8');
  const [, overlay] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-overlay-'));
  try {
    const text = overlay!.replace('path/to/k8s/base', path.relative(await realpath(folder), base));
    await writeFile(path.join(folder, 'kustomization.yaml'), text);
    await writeFile(path.join(folder, 'routes.yaml'), 'version: 1\n');
    const overlaid = await buildManifests(folder);
    assert.equal(overlaid.length, manifests.length);
    for (const { metadata } of overlaid) assert.equal(metadata.namespace, 'shop');
    const routes = overlaid.find(({ kind }) => kind === 'ConfigMap');
    assert.equal(routes?.metadata.name, 'ficus-routes');
    assert.deepEqual(routes?.['data'], { 'routes.yaml': 'version: 1\n' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

for (const service of ['catalog', 'payments']) {
  test(`only pods of the proxy may reach ${service}`, () => {
    const [rule, ...others] = find('NetworkPolicy', service).spec.ingress;
    assert.deepEqual(others, []);
    assert.deepEqual(rule.from, [{ podSelector: { matchLabels: labelOf('ficus') } }]);
  });
}

describe('checking the base finds', () => {
  const first = 'spec/template/spec/containers/0';
  const broken: [what: string, pointer: string, value: unknown, message: RegExp][] = [
    ['a value of the wrong type', 'spec/minReadySeconds', 'soon', /must be integer/],
    ['a quantity that is none', `${first}/resources/limits/cpu`, '2 cores', /quantity/],
    ['a misspelt field', `${first}/securityContext/readOnlyRootFileSystem`, true, /readOnlyRootFileSystem/],
    ['a missing field', 'spec/selector', undefined, /selector/],
    ['a kind that the API version does not have', 'apiVersion', 'apps/v2', /apps\/v2 has no Deployment/],
  ];

  for (const [what, pointer, value, message] of broken) {
    test(what, async () => {
      const deployment = structuredClone(find('Deployment', 'ficus'));
      set(deployment, pointer, value);
      assert.match((await checkManifests([deployment])).join('\n'), message);
    });
  }
});

function set(object: object, pointer: string, value: unknown): void {
  const keys = pointer.split('/');
  const last = keys.pop()!;
  let at = object as Record<string, unknown>;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
}
