/** Changes of a real cluster: real kills, real limits of the kernel, and what a real API server refuses. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { engineWith } from '../../src/cli/live-engine.ts'
import { caseDocument } from '../../src/investigate/case-document.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Case } from '../../src/model/case.ts'
import {
  field,
  isRecord,
  listField,
  numberField,
  textField,
} from '../../src/parsers/json-fields.ts'
import { podImage, startCluster } from '../support/cluster.ts'
import type { TestCluster } from '../support/cluster.ts'
import { stella } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { sampleCase } from '../support/sample-case.ts'
import { run, until } from '../support/testbed.ts'

let cluster: TestCluster
let home = ''

/** A container that wants so much, and may have so much. */
function podSpec(wants: string, limit: string, more: object = {}) {
  const resources = { limits: { memory: limit }, requests: { memory: '16Mi' } }
  const args = ['hog', `anon=${wants}`, 'stay']
  const app = { name: 'app', image: podImage(), imagePullPolicy: 'IfNotPresent', args, resources }
  return { terminationGracePeriodSeconds: 1, containers: [{ ...app, ...more }] }
}

function podNamed(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec }
}

function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  spec: object,
): object {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  }
}

const get = (kind: string, name: string): unknown => cluster.get('-n', 'shop', kind, name)
const podsOf = (app: string): unknown[] =>
  listField(cluster.get('-n', 'shop', 'pods', '-l', `app=${app}`), 10, 'items')
const statusOf = (pod: unknown): unknown => listField(pod, 1, 'status', 'containerStatuses')[0]
const nameOf = (pod: unknown): string => textField(pod, 'metadata', 'name') ?? ''
const restarts = (pod: unknown): number => numberField(statusOf(pod), 'restartCount') ?? 0
const limitIn = (object: unknown, ...template: string[]): unknown =>
  field(listField(object, 1, ...template, 'spec', 'containers')[0], 'resources', 'limits', 'memory')

/** Of the container, as the kernel has it. */
function kernelLimit(pod: unknown): number {
  const id = textField(statusOf(pod), 'containerID')?.split('//')[1] ?? 'none'
  const root = `/sys/fs/cgroup/memory${cluster.kubeletCgroupRoot}`
  const [file = ''] = globSync(`${root}/**/*${id}*/memory.limit_in_bytes`)
  return Number(readFileSync(file, 'utf8'))
}

function asked(args: readonly string[], kubeconfig = cluster.kubeconfig) {
  const env = { KUBECONFIG: kubeconfig, HOME: home, STELLA_DATA: join(home, 'data') }
  return stella(args, { env, engine: (more) => engineWith({ ...env, ...more }), now: Date.now() })
}

/** The case of a pod that nothing is wrong with, and whose limit shall be another. */
function wellCase(name: string): string {
  const { verdict, binding, ...base } = sampleCase()
  const found: Case = {
    ...base,
    id: `c_${name}`,
    subject: { platform: 'kubernetes', name: `shop/${name}/app`, id: null, image: null },
    verdict: { ...verdict, code: 'healthy' },
    binding: { ...binding, scope: 'none', path: null, limitBytes: null, usageBytes: null },
  }
  const file = join(home, `${name}.case.json`)
  writeFileSync(file, JSON.stringify(caseDocument(found)))
  return file
}

async function killed(app: string): Promise<string> {
  const pod = await until(`${app} was OOM-killed`, () =>
    podsOf(app).find((one) =>
      [field(statusOf(one), 'state'), field(statusOf(one), 'lastState')].some(
        (state) => textField(state, 'terminated', 'reason') === 'OOMKilled',
      ),
    ),
  )
  return nameOf(pod)
}

/** All that belongs to somebody, without the time at which it was written. */
function holders(kind: string, name: string): unknown[] {
  const object: unknown = JSON.parse(
    cluster.kubectl('-n', 'shop', 'get', kind, name, '-o', 'json', '--show-managed-fields'),
  )
  return listField(object, 50, 'metadata', 'managedFields')
    .filter((entry) => isRecord(entry) && entry['subresource'] === undefined)
    .map((entry) => ({ ...(isRecord(entry) ? entry : {}), time: null }))
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'kubernetes'))('a fix in a real cluster', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'stella-test-kubernetes-fix-'))
    cluster = await startCluster()
    cluster.kubectl('create', 'namespace', 'shop')
    cluster.apply(workload('Deployment', 'cart', podSpec('48M', '32Mi')))
    cluster.apply(workload('StatefulSet', 'db', podSpec('8M', '32Mi')))
    cluster.apply(workload('DaemonSet', 'agent', podSpec('8M', '32Mi')))
    cluster.apply(podNamed('bare', podSpec('100M', '200Mi')))
    await until(
      'its account is there',
      () => cluster.tryKubectl('-n', 'shop', 'get', 'sa', 'default').status === 0,
    )
  })
  beforeAll(() => {
    cluster.kubectl('-n', 'shop', 'wait', '--for=condition=Ready', 'pod/bare', '--timeout=60s')
  })
  afterAll(async () => {
    await cluster?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('ends the kills of a Deployment, and its undo restores whose it was, too', async () => {
    const target = `k8s:shop/${await killed('cart')}`
    const before = [
      limitIn(get('deployment', 'cart'), 'spec', 'template'),
      holders('deployment', 'cart'),
    ]
    const applied = await asked(['fix', target, '--apply'])
    expect([applied.code, applied.err]).toEqual([0, ''])
    expect(applied.out).toContain('Killed by the kernel at its own limit')
    const fresh = await until('the old pod is gone', () => {
      const [only, more] = podsOf('cart')
      return more === undefined && only
    })
    // Twice as much, or 100 MiB more, in steps of 16 MiB: it was killed at 32 MiB.
    expect(kernelLimit(fresh)).toBe(144 * MIB)
    // It has taken all of its memory within a second.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(restarts(get('pod', nameOf(fresh)))).toBe(0)
    const verified = await asked(['verify', `k8s:shop/${nameOf(fresh)}`, '--now'])
    for (const check of ['running: it runs', 'limit in force: 144 MiB', 'no kill', 'no restart']) {
      expect(verified.out).toContain(`ok   ${check}`)
    }
    const undone = await asked(['fix', '--undo'])
    expect([undone.code, undone.err]).toEqual([0, ''])
    expect([
      limitIn(get('deployment', 'cart'), 'spec', 'template'),
      holders('deployment', 'cart'),
    ]).toEqual(before)
    // That pod is gone: whose it was is found by its name.
    const again = await asked(['fix', wellCase(nameOf(fresh)), '--limit', '160Mi'])
    expect(again.out).toContain('deployment shop/cart')
  })

  it('waits for a StatefulSet', async () => {
    const file = wellCase('db-0')
    const { code, err } = await asked(['fix', file, '--limit', '64Mi', '--apply'])
    expect([code, err]).toEqual([0, ''])
    expect(kernelLimit(get('pod', 'db-0'))).toBe(64 * MIB)
  })

  it('resizes a pod of its own as it runs: the limit of the kernel is another, the container the same', async () => {
    const pod = get('pod', 'bare')
    const file = wellCase('bare')
    const { code, err } = await asked(['fix', file, '--limit', '256Mi', '--apply'])
    expect([code, err]).toEqual([0, ''])
    expect(kernelLimit(pod)).toBe(256 * MIB)
    expect(await asked(['fix', '--undo', 'k8s:shop/bare'])).toMatchObject({ code: 0 })
    await until('the limit is back', () => kernelLimit(pod) === 200 * MIB)
    expect(restarts(get('pod', 'bare'))).toBe(0)
  })

  it('a limit below what is used is refused with both figures: everything is as before', async () => {
    const file = wellCase('bare')
    const { code, err } = await asked(['fix', file, '--limit', '64Mi', '--apply'])
    expect(code).toBe(2)
    expect(err).toMatch(/64 MiB is not more than the 10\d(\.\d)? MiB that it holds now/)
    expect(limitIn(get('pod', 'bare'))).toBe('200Mi')
    expect(kernelLimit(get('pod', 'bare'))).toBe(200 * MIB)
  })

  it('what the namespace does not let in is known before, and nothing is changed', async () => {
    const limits = [{ type: 'Container', max: { memory: '256Mi' } }]
    const metadata = { name: 'most', namespace: 'shop' }
    cluster.apply({ apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } })
    try {
      for (const [kind, name] of [
        ['pod', 'bare'],
        ['statefulset', 'db-0'],
      ] as const) {
        const file = wellCase(name)
        const planned = await asked(['fix', file, '--limit', '512Mi'])
        expect([kind, planned.code]).toEqual([kind, 1])
        expect(planned.out).toMatch(/In the way[^]*256Mi/)
        const { code, err } = await asked(['fix', file, '--limit', '512Mi', '--apply'])
        expect([kind, code]).toEqual([kind, 1])
        expect(err).toContain('maximum memory usage per Container is 256Mi')
      }
      expect(limitIn(get('statefulset', 'db'), 'spec', 'template')).toBe('64Mi')
    } finally {
      cluster.kubectl('-n', 'shop', 'delete', 'limitrange', 'most')
    }
  })

  it('what a quota or a policy does not let in is known before, also where no pod comes beside another', async () => {
    const file = wellCase('db-0')
    const spec = { hard: { 'limits.memory': '1Gi' } }
    cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: named('most'), spec })
    applyPolicy()
    const tried = async (limit: string): Promise<[number, string]> => {
      const { code, err } = await asked(['fix', file, '--limit', limit, '--apply'])
      return [code, err]
    }
    try {
      // Either is in force some moments after it was written, and what is tried before that is applied.
      await until(
        'the policy is in force',
        () => refusal('512Mi').includes('denied request'),
        60_000,
      )
      expect(await tried('512Mi')).toEqual([
        1,
        expect.stringContaining('denied request: at most 400Mi'),
      ])
      cluster.kubectl('delete', 'validatingadmissionpolicybinding', 'most')
      await until('the quota is in force', () => refusal('2Gi').includes('exceeded quota'), 60_000)
      expect(await tried('2Gi')).toEqual([1, expect.stringContaining('exceeded quota: most')])
      expect(limitIn(get('statefulset', 'db'), 'spec', 'template')).toBe('64Mi')
    } finally {
      cluster.kubectl('-n', 'shop', 'delete', 'resourcequota', 'most')
      cluster.tryKubectl('delete', 'validatingadmissionpolicybinding', 'most')
    }
  })

  it('a DaemonSet gets it on each node, and what autoscalers make of it is told', async () => {
    const pod = nameOf(podsOf('agent')[0])
    defineVerticalScalers()
    const targetRef = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' }
    cluster.apply({
      apiVersion: 'autoscaling.k8s.io/v1',
      kind: 'VerticalPodAutoscaler',
      metadata: named('agent'),
      spec: { targetRef },
    })
    const { code, out } = await asked(['fix', wellCase(pod), '--limit', '64Mi', '--apply'])
    expect(code).toBe(0)
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /VerticalPodAutoscaler agent sets the memory of new pods by itself .* set minAllowed\.memory of app there to 16Mi/,
    )
    const [fresh, more] = podsOf('agent').filter((one) => nameOf(one) !== pod)
    expect([kernelLimit(fresh), more]).toEqual([64 * MIB, undefined])
  })

  it('a Job of a CronJob, killed as it prepares: its next run gets the limit', async () => {
    const [fetch, app] = [podSpec('80M', '32Mi'), podSpec('4M', '64Mi')].map(
      ({ containers: [container] }) => container,
    )
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      initContainers: [{ ...fetch, name: 'fetch', args: ['hog', 'anon=80M'] }],
      containers: [{ ...app, args: ['hog', 'anon=4M'] }],
    }
    cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'night', namespace: 'shop' },
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: { spec: { backoffLimit: 0, template: { spec } } },
      },
    })
    const ran = (job: string, type: 'Failed' | 'Complete'): void => {
      cluster.kubectl('-n', 'shop', 'create', 'job', job, '--from=cronjob/night')
      const condition = `--for=condition=${type}`
      cluster.kubectl('-n', 'shop', 'wait', condition, `job/${job}`, '--timeout=60s')
    }
    ran('first', 'Failed')
    const list = cluster.get('-n', 'shop', 'pods', '-l', 'job-name=first')
    const target = `k8s:shop/${nameOf(listField(list, 5, 'items')[0])}`
    const planned = await asked(['fix', target])
    expect([planned.code, planned.err]).toEqual([0, ''])
    expect(planned.out).toContain('Give fetch of cronjob shop/night a memory limit of 144 MiB')
    const made = await asked(['fix', target, '--apply'])
    expect([made.code, made.err]).toEqual([0, ''])
    ran('second', 'Complete')
  })

  it('a missing right is named, and a patch for the repository comes all the same', async () => {
    const kubeconfig = reader()
    const file = wellCase('db-0')
    const { code, err } = await asked(['fix', file, '--limit', '128Mi', '--apply'], kubeconfig)
    expect(code).toBe(3)
    expect(err).toContain('patch resource "statefulsets" in API group "apps"')
    expect(limitIn(get('statefulset', 'db'), 'spec', 'template')).toBe('64Mi')
    const { out } = await asked(['fix', file, '--limit', '128Mi', '--for', 'kustomize'], kubeconfig)
    for (const where of ['none', 'written', 'added']) {
      expect(limitIn(kustomized(out, where), 'spec', 'template')).toBe('128Mi')
    }
  })

  it('what a controller declares is left to it, unless one says --force', async () => {
    const spec = workload('Deployment', 'web', podSpec('8M', '32Mi'))
    const manifest = join(home, 'web.json')
    writeFileSync(manifest, JSON.stringify(spec))
    cluster.kubectl(
      'apply',
      '--server-side',
      '--field-manager=kustomize-controller',
      '-f',
      manifest,
    )
    const pod = await until('web runs', () =>
      podsOf('web').find((one) => textField(one, 'status', 'phase') === 'Running'),
    )
    const before = holders('deployment', 'web')
    const file = wellCase(nameOf(pod))
    const { code, err } = await asked(['fix', file, '--limit', '64Mi', '--apply'])
    expect(code).toBe(1)
    expect(err).toContain('it belongs to kustomize-controller')
    const forced = await asked(['fix', file, '--limit', '64Mi', '--apply', '--force'])
    expect([forced.code, forced.err]).toEqual([0, ''])
    expect(await asked(['fix', '--undo', `k8s:shop/${nameOf(pod)}`])).toMatchObject({ code: 0 })
    expect(holders('deployment', 'web')).toEqual(before)
  })
})

const named = (name: string): object => ({ name, namespace: 'shop' })

/** What the API server says to a pod of that limit, which it is only asked about. */
function refusal(limit: string): string {
  const file = join(home, 'asked-about.json')
  writeFileSync(file, JSON.stringify(podNamed('asked-about', podSpec('8M', limit))))
  return cluster.tryKubectl('create', '--dry-run=server', '-f', file).stderr
}

/** No pod of the namespace may have more than 400 MiB. */
function applyPolicy(): void {
  const group = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'most' } }
  const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }
  const bound = "quantity(c.resources.limits['memory']).compareTo(quantity('400Mi')) <= 0"
  const expression = `object.spec.containers.all(c, ${bound})`
  cluster.apply({
    ...group,
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      matchConstraints: { resourceRules: [pods] },
      validations: [{ expression, message: 'at most 400Mi' }],
    },
  })
  const matchLabels = { 'kubernetes.io/metadata.name': 'shop' }
  cluster.apply({
    ...group,
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: {
      policyName: 'most',
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels } },
    },
  })
}

/** The kind alone, without a program that acts on it. */
function defineVerticalScalers(): void {
  const names = {
    kind: 'VerticalPodAutoscaler',
    plural: 'verticalpodautoscalers',
    shortNames: ['vpa'],
  }
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const annotations = { 'api-approved.kubernetes.io': 'unapproved, for a test' }
  cluster.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.autoscaling.k8s.io`, annotations },
    spec: {
      group: 'autoscaling.k8s.io',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  })
  const crd = `crd/${names.plural}.autoscaling.k8s.io`
  cluster.kubectl('wait', '--for=condition=Established', crd, '--timeout=20s')
}

/** The kubeconfig of an account that may look at workloads and change nothing. */
function reader(): string {
  const name = 'reader'
  cluster.kubectl('-n', 'shop', 'create', 'serviceaccount', name)
  const resources = 'pods,statefulsets.apps'
  cluster.kubectl('-n', 'shop', 'create', 'role', name, '--verb=get', `--resource=${resources}`)
  const account = `--serviceaccount=shop:${name}`
  cluster.kubectl('-n', 'shop', 'create', 'rolebinding', name, `--role=${name}`, account)
  const token = cluster.kubectl('-n', 'shop', 'create', 'token', name).trim()
  const config: unknown = JSON.parse(
    cluster.kubectl('config', 'view', '--raw', '--flatten', '-o', 'json'),
  )
  const [context] = listField(config, 1, 'contexts')
  const user = textField(context, 'context', 'user')
  const file = join(home, 'reader.kubeconfig')
  const users = [{ name: user, user: { token } }]
  writeFileSync(file, JSON.stringify({ ...(isRecord(config) ? config : {}), users }))
  return file
}

/** What a real kustomize makes of a patch, wherever the namespace is set. */
function kustomized(patch: string, namespace: string): unknown {
  const folder = join(home, `kustomize-${namespace}`)
  mkdirSync(folder)
  const base = workload('StatefulSet', 'db', podSpec('8M', '64Mi'))
  const metadata = { name: 'db', ...(namespace === 'written' ? { namespace: 'shop' } : {}) }
  writeFileSync(join(folder, 'db.yaml'), JSON.stringify({ ...base, metadata }))
  writeFileSync(join(folder, 'db-memory.yaml'), patch)
  const snippet = patch
    .split('\n')
    .filter((line) => line.startsWith('#   '))
    .map((line) => line.slice(4))
  const set = namespace === 'added' ? ['namespace: shop'] : []
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    ['resources: [db.yaml]', ...set, ...snippet, ''].join('\n'),
  )
  const built = run(['kubectl', 'kustomize', folder])
  return parse(built)
}
