import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { readText, recipeFiles, recipes, root, withProgram } from './recipes';

interface Manifest {
  readonly file: string;
  readonly kind: string;
  readonly apiVersion: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it holds is what a test asserts
  readonly value: any;
}

const files = recipeFiles().filter((file) => file.endsWith('.yaml'));
const all: Manifest[] = files.flatMap((file) =>
  parseAllDocuments(readText(file)).map((document) => {
    expect(document.errors).toEqual([]);

    const value = document.toJS();
    const { kind, apiVersion } = value as Manifest;
    return { file, kind, apiVersion, value };
  }),
);
const manifests = all.filter(({ kind }) => kind !== 'Kustomization');
const pods = manifests.flatMap(({ kind, value }) =>
  kind === 'CronJob' ? [value.spec.jobTemplate.spec.template.spec] : kind === 'Deployment' ? [value.spec.template.spec] : [],
);
const containers = pods.flatMap(({ containers: some }) => some);

/** Each manifest as a literal of its type in the API: TypeScript then finds what is missing, unknown or of another type. */
function complaints(of: readonly Manifest[]): string[] {
  const name = join(root, 'manifests.ts');
  const text = of
    .map(({ kind, apiVersion, value }, i) => {
      const group = apiVersion.includes('/') ? apiVersion.replace(/\.k8s\.io\//, '/') : `core/${apiVersion}`;
      return `export const manifest${i}: import('kubernetes-types/${group}').${kind} = ${JSON.stringify(value)};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022 },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, text, rest[0]) : getSourceFile(path, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

test('every manifest is one that the Kubernetes API knows, field by field', () => {
  expect(manifests.length).toBeGreaterThan(10);
  expect(complaints(manifests)).toEqual([]);
});

test('a field that the API does not know is found', () => {
  const wrong = structuredClone(manifests.find(({ kind }) => kind === 'CronJob')) as Manifest;
  wrong.value.spec.jobTemplate.spec.template.spec.containers[0].readOnlyRoot = true;
  expect(complaints([wrong])).toEqual([expect.stringMatching(/readOnlyRoot.* does not exist/)]);
});

test('jobs never run side by side, and no exit code is taken for success or tried again', () => {
  const jobs = manifests.filter(({ kind }) => kind === 'CronJob').map(({ value }) => value.spec);
  expect(jobs).toHaveLength(2);
  for (const job of jobs) {
    expect(job).toMatchObject({ concurrencyPolicy: 'Forbid', timeZone: 'Etc/UTC' });
    const { backoffLimit, activeDeadlineSeconds, podFailurePolicy, template } = job.jobTemplate.spec;
    // What waits for its share longer than a day would keep all later nights from starting.
    expect({ backoffLimit, activeDeadlineSeconds }).toEqual({ backoffLimit: 0, activeDeadlineSeconds: 23 * 3600 });
    expect(template.spec.restartPolicy).toBe('Never');
    expect(JSON.stringify(podFailurePolicy ?? {})).not.toContain('onExitCodes');
  }
});

test('one server at a time, which is told to end before the next one starts', () => {
  const [{ value }] = manifests.filter(({ kind }) => kind === 'Deployment') as [Manifest];
  expect(value.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  const { startupProbe, readinessProbe, livenessProbe } = containers.find(({ args }) => args[0] === 'serve');
  for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
    expect(httpGet).toEqual({ path: '/api/health', port: 'https', scheme: 'HTTPS' });
  }
});

test('every pod can do as little as it needs', () => {
  expect(pods).toHaveLength(3);
  for (const pod of pods) {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    // A pod under the name of its node would take another pod's process for its own.
    expect(pod.hostNetwork).toBeUndefined();
  }
  for (const { securityContext, resources, volumeMounts } of containers) {
    expect(securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    });
    expect(resources.limits.memory).toBeDefined();
    expect(volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
  }
});

test('the share is mounted read-only and encrypted, whatever mounts it', () => {
  const volume = manifests.find(({ kind, value }) => kind === 'PersistentVolume' && value.metadata.name === 'hubkeep-websites');
  expect(volume?.value.spec.csi).toMatchObject({ driver: 'smb.csi.k8s.io', readOnly: true });
  expect(volume?.value.spec.mountOptions).toEqual(expect.arrayContaining(['ro', 'seal', 'vers=3.1.1']));
  for (const { volumeMounts } of containers) {
    for (const mount of volumeMounts.filter(({ name }: { name: string }) => name === 'websites'))
      expect(mount.readOnly).toBe(true);
  }
});

test('no manifest holds a secret: all come by reference', () => {
  expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  for (const { envFrom } of containers) expect(envFrom).toContainEqual({ secretRef: { name: 'hubkeep-secrets' } });
});

withProgram('kubectl', ['version', '--client'])('with kubectl', () => {
  test.each([
    ['kubernetes', ['CronJob', 'CronJob']],
    ['kubernetes/serve', ['Deployment', 'Service']],
  ])('%s builds, with settings and the image that was given', (directory, kinds) => {
    const { status, stdout } = spawnSync('kubectl', ['kustomize', join(recipes, directory)], { encoding: 'utf8' });
    expect(status).toBe(0);
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
    const built: any[] = parseAllDocuments(stdout).map((document) => document.toJS());
    const kindsBuilt = built.map(({ kind }) => kind as string);
    expect(kindsBuilt).toEqual(expect.arrayContaining(['ConfigMap', 'NetworkPolicy', ...kinds]));
    expect(kindsBuilt.includes('CronJob') && kindsBuilt.includes('Deployment')).toBe(false);
    expect(stdout).not.toMatch(/image: hubkeep$/m);
    const { data } = built.find(({ kind }) => kind === 'ConfigMap');
    expect(data.SQL_BACKUP_DIRECTORY).toMatch(/^\\\\\w/);
    for (const { kind, metadata } of built) {
      if (!['Namespace', 'PersistentVolume'].includes(kind)) expect([kind, metadata.namespace]).toEqual([kind, 'hubkeep']);
    }
  });
});
