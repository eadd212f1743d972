import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { kubeconfigFor } from '../../../../test/support/api-server.ts'
import { fakeKubernetes, type FakeKubernetes } from '../../../../test/support/fake-kubernetes.ts'
import { MIB } from '../../../model/bytes.ts'
import type { ChangePlan } from '../../../model/fix.ts'
import { field } from '../../../parsers/json-fields.ts'
import { hostReader } from '../../../sources/reader.ts'
import type { PlanRequest } from '../../driver.ts'
import { kubernetes } from './index.ts'

let server: FakeKubernetes
let home = ''

function handsOfUser() {
  const kubeconfig = join(home, 'config')
  writeFileSync(kubeconfig, kubeconfigFor(server.url))
  return {
    reader: hostReader({ env: { KUBECONFIG: kubeconfig } }),
    signal: new AbortController().signal,
  }
}

type Hands = ReturnType<typeof handsOfUser>

interface Wanted extends Partial<Pick<PlanRequest, 'recreate' | 'inPlace' | 'force'>> {
  pod?: string
  requestMib?: number
  container?: string
}

function requestFor(mib: number, wanted: Wanted): PlanRequest {
  const { pod = 'web-1', recreate = false, requestMib, container = 'app', ...more } = wanted
  const requestBytes = requestMib === undefined ? null : requestMib * MIB
  const change = { kind: 'limit', limitBytes: mib * MIB, requestBytes } as const
  return { target: { kind: 'pod', namespace: 'shop', pod, container }, change, recreate, ...more }
}

function planFor(hands: Hands, mib: number, wanted: Wanted = {}): Promise<ChangePlan> {
  return kubernetes.plan(requestFor(mib, wanted), hands)
}

async function apply({ steps }: ChangePlan, hands: Hands): Promise<void> {
  for (const step of steps) await kubernetes.carryOut(step, hands)
}

async function undo({ steps }: ChangePlan, hands: Hands, force = false): Promise<void> {
  for (const step of steps.toReversed()) await kubernetes.takeBack(step, hands, { force })
}

interface Setting {
  resources?: object
  owner?: [string, string]
  metadata?: object
  more?: object
}

function groupOf(kind: string): string {
  if (kind === 'Rollout') return 'argoproj.io/v1alpha1'
  return kind.endsWith('Job') ? 'batch/v1' : 'apps/v1'
}

function metadata(name: string, { owner, metadata: more }: Setting) {
  const ownerReferences =
    owner === undefined
      ? []
      : [{ apiVersion: groupOf(owner[0]), kind: owner[0], name: owner[1], controller: true }]
  return {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    resourceVersion: '10',
    ownerReferences,
    ...more,
  }
}

function podSpec(resources: object | undefined, more: object = {}) {
  const secret = [{ name: 'DB_PASSWORD', value: 'hunter2hunter2' }]
  const app = { name: 'app', image: 'shop/web:3', env: secret, resources: resources ?? {} }
  return {
    containers: [
      { ...app, ...more },
      { name: 'proxy', image: 'proxy:1', resources: {} },
    ],
  }
}

function addPod(name: string, setting: Setting): void {
  const { resources, more } = setting
  server.objects.set(`pods/shop/${name}`, {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metadata(name, setting),
    spec: podSpec(resources, more),
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'app', imageID: 'sha256:1234', resources }],
    },
  })
}

function addOwner(resource: string, kind: string, name: string, setting: Setting): void {
  const spec = { replicas: 1, template: { spec: podSpec(setting.resources) }, ...setting.more }
  server.objects.set(`${resource}/shop/${name}`, {
    kind,
    apiVersion: resource.endsWith('jobs') ? 'batch/v1' : 'apps/v1',
    metadata: { generation: 1, ...metadata(name, setting) },
    spec,
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
  })
}

/** web-1 of a Deployment. */
function addWeb(resources: object, more: Setting = {}): void {
  addPod('web-1', { resources, owner: ['ReplicaSet', 'web-abc'] })
  addOwner('replicasets', 'ReplicaSet', 'web-abc', { resources, owner: ['Deployment', 'web'] })
  addOwner('deployments', 'Deployment', 'web', { resources, ...more })
}

function resourcesOf(key: string, ...path: string[]): unknown {
  const containers = field(server.objects.get(key), ...path, 'spec', 'containers')
  return field(Array.isArray(containers) ? containers[0] : null, 'resources')
}

const ofDeployment = () => resourcesOf('deployments/shop/web', 'spec', 'template')
const ofPod = () => resourcesOf('pods/shop/web-1')

let hands: Hands

async function newCluster(minor: string): Promise<void> {
  server = await fakeKubernetes(minor)
  hands = handsOfUser()
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'stella-test-kubernetes-'))
  await newCluster('35+')
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(home, { recursive: true, force: true })
})

describe('the owner of a pod', () => {
  it('gets it into its template, rolled out, and back exactly as it was written', async () => {
    const before = { limits: { cpu: '1', memory: '512M' }, requests: { memory: '256Mi' } }
    addWeb(before)
    const plan = await planFor(hands, 1024)
    expect(plan).toMatchObject({
      method: 'recreate',
      changes: [{ field: 'resources.limits.memory', before: '512M', after: '1024Mi' }],
      problems: [],
      workload: { image: 'shop/web:3', imageId: 'sha256:1234' },
    })
    expect(plan.diff).toMatch(/-.*memory: 512M\n\+.*memory: 1024Mi/)
    expect(JSON.stringify(plan)).not.toContain('hunter2')
    expect(server.changes).toEqual([])
    server.conflicts = 1
    await apply(plan, hands)
    expect(ofDeployment()).toEqual({
      limits: { cpu: '1', memory: '1024Mi' },
      requests: { memory: '256Mi' },
    })
    expect(server.changes.at(-1)).toContain('application/apply-patch+yaml')
    const made = server.changes.length
    await apply(plan, hands)
    expect(server.changes).toHaveLength(made)
    await undo(plan, hands)
    await undo(plan, hands)
    expect(ofDeployment()).toEqual(before)
    expect(ofPod()).toEqual(before)
  })

  it('is left alone with --in-place, and named', async () => {
    const before = { limits: { memory: '64Mi' }, requests: { memory: '64Mi' } }
    addWeb(before)
    const plan = await planFor(hands, 128, { inPlace: true })
    expect(plan.method).toBe('in-place')
    expect(plan.warnings.join('\n')).toContain('deployment shop/web keeps it')
    await apply(plan, hands)
    expect(ofPod()).toEqual({ limits: { memory: '128Mi' }, requests: { memory: '64Mi' } })
    expect(ofDeployment()).toEqual(before)
    expect(server.changes.every((line) => line.includes('/pods/web-1/resize'))).toBe(true)
    await undo(plan, hands)
    expect(ofPod()).toEqual(before)
  })

  it('is found by the name of a pod that is gone', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    const plan = await planFor(hands, 128, { pod: 'web-abc-x2x4x' })
    expect(plan).toMatchObject({ method: 'recreate', title: expect.stringContaining('shop/web ') })
    await expect(planFor(hands, 128, { pod: 'gone' })).rejects.toMatchObject({
      exitCode: 3,
      message: 'pods "gone" not found',
    })
  })

  it('what somebody else changed since is left alone, unless forced', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    const plan = await planFor(hands, 128)
    const other = (memory: string) => addWeb({ limits: { memory } })
    other('96Mi')
    await expect(apply(plan, hands)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('memory limit 96Mi and request none now'),
    })
    await expect(undo(plan, hands)).rejects.toMatchObject({ exitCode: 1 })
    await undo(plan, hands, true)
    expect(ofDeployment()).toEqual({ limits: { memory: '64Mi' } })
  })

  it('a rollout that the controller gives up is told in its words', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    server.rollsOut = false
    await expect(apply(await planFor(hands, 128), hands)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('ReplicaSet "web-2" has timed out progressing.'),
    })
  })
})

describe('what would be refused is known before', () => {
  beforeEach(() => addWeb({ limits: { memory: '64Mi' } }))

  it('a missing right', async () => {
    server.forbidden =
      'deployments.apps "web" is forbidden: User "me" cannot patch resource "deployments" in API group "apps"'
    const { problems } = await planFor(hands, 128)
    expect(problems).toEqual([
      {
        kind: 'denied',
        says: 'a right is missing: patch resource "deployments" in API group "apps"',
        todo: expect.stringContaining('--for kustomize'),
      },
    ])
  })

  it('a bound of the namespace, which lets no such pod in', async () => {
    server.podRefusal =
      'pods "web-x" is forbidden: maximum memory usage per Container is 96Mi, but limit is 128Mi'
    const { problems } = await planFor(hands, 128)
    expect(problems).toMatchObject([{ kind: 'refused', says: expect.stringContaining('96Mi') }])
    expect(server.changes).toEqual([])
  })

  it('a quota is in the way of a rollout that needs one pod more, and of no other', async () => {
    server.podRefusal = 'pods "web-x" is forbidden: exceeded quota: memory, requested: 128Mi'
    expect((await planFor(hands, 128)).problems).toHaveLength(1)
    addWeb({ limits: { memory: '64Mi' } }, { more: { strategy: { type: 'Recreate' } } })
    const { problems, warnings } = await planFor(hands, 128)
    expect(problems).toEqual([])
    expect(warnings.join('\n')).toContain('exceeded quota')
  })

  it('a quota is in the way of any rollout that it leaves no room for once the earlier pod has gone', async () => {
    addWeb({ limits: { memory: '64Mi' } }, { more: { strategy: { type: 'Recreate' } } })
    const refusal = (most: string): string =>
      `pods "web-x" is forbidden: exceeded quota: memory, requested: limits.cpu=1,limits.memory=128Mi, used: limits.cpu=1,limits.memory=64Mi, limited: limits.cpu=1,limits.memory=${most}`
    server.podRefusal = refusal('120Mi')
    expect((await planFor(hands, 128)).problems).toMatchObject([{ kind: 'refused' }])
    server.podRefusal = refusal('128Mi')
    expect((await planFor(hands, 128)).problems).toEqual([])
  })

  it.each([
    `pods "web-x" is forbidden: ValidatingAdmissionPolicy 'small' with binding 'small' denied request: too much`,
    'admission webhook "small.example.com" denied the request: too much',
  ])('whatever the status of %j', async (says) => {
    server.podRefusal = says
    server.podRefusalStatus = 422
    const { problems } = await planFor(hands, 128)
    expect(problems).toMatchObject([{ kind: 'refused', says: expect.stringContaining(says) }])
  })

  it('a webhook that writes something else', async () => {
    server.mutated = '100Mi'
    const { problems } = await planFor(hands, 128)
    expect(problems).toMatchObject([
      { kind: 'refused', says: expect.stringContaining('100Mi instead of 128Mi') },
    ])
  })

  it('one who declares it is overruled with --force alone; what a hand wrote is taken over', async () => {
    server.held = 'kustomize-controller'
    expect((await planFor(hands, 128)).problems).toMatchObject([
      { kind: 'held', says: expect.stringContaining('kustomize-controller') },
    ])
    const forced = await planFor(hands, 128, { force: true })
    expect(forced.problems).toEqual([])
    await apply(forced, hands)
    expect(ofDeployment()).toEqual({ limits: { memory: '128Mi' } })
    await undo(forced, hands)
    server.held = 'kubectl-client-side-apply'
    const plan = await planFor(hands, 128)
    expect(plan.problems).toEqual([])
    await apply(plan, hands)
    expect(ofDeployment()).toEqual({ limits: { memory: '128Mi' } })
  })

  it.each([
    ['96Mi', 1],
    ['16Mi', 0],
  ])('a limit lowered as it runs while %s are used', async (usage, count) => {
    server.usage = usage
    const { problems } = await planFor(hands, 32, { inPlace: true })
    expect(problems).toHaveLength(count)
  })
})

describe('what a plan decides', () => {
  it.each([
    [
      'Guaranteed: the request goes along',
      { app: '64Mi', request: '64Mi', cpu: true },
      128,
      undefined,
      '128Mi',
    ],
    [
      'Burstable: the request stays',
      { app: '64Mi', request: '32Mi', cpu: false },
      128,
      undefined,
      '32Mi',
    ],
    [
      'a request above the limit is lowered',
      { app: '64Mi', request: '48Mi', cpu: false },
      32,
      undefined,
      '32Mi',
    ],
    ['a request that is asked for', { app: '64Mi', request: '32Mi', cpu: false }, 128, 96, '96Mi'],
  ])('%s', async (_what, { app, request, cpu }, mib, requestMib, after) => {
    const limits = { memory: app, ...(cpu ? { cpu: '1' } : {}) }
    const resources = { limits, requests: { ...limits, memory: request } }
    addWeb(resources)
    if (cpu) {
      const pod = server.objects.get('pods/shop/web-1')
      if (pod !== undefined) {
        pod['spec'] = { containers: [{ name: 'app', image: 'x', resources }] }
      }
    }
    const plan = await planFor(hands, mib, {
      container: 'app',
      inPlace: true,
      ...(requestMib === undefined ? {} : { requestMib }),
    })
    expect(plan.method).toBe('in-place')
    await apply(plan, hands)
    expect(field(ofPod(), 'requests', 'memory')).toBe(after)
  })

  it('without a limit the running pod is left alone, for it could not be taken away again', async () => {
    addWeb({})
    const plan = await planFor(hands, 128)
    expect(plan.method).toBe('recreate')
    await expect(planFor(hands, 128, { inPlace: true })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('cannot be taken away again'),
    })
    expect(plan.warnings.join('\n')).toContain('becomes Burstable instead of BestEffort')
    await apply(plan, hands)
    expect(ofDeployment()).toEqual({ limits: { memory: '128Mi' } })
    await undo(plan, hands)
    expect(ofDeployment()).toEqual({})
  })

  it('a resize that the node has no room for ends the wait', async () => {
    addWeb({ limits: { memory: '64Mi' }, requests: { memory: '32Mi' } })
    server.infeasible = "Node didn't have enough capacity: memory"
    const plan = await planFor(hands, 128, { inPlace: true })
    await expect(apply(plan, hands)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('enough capacity'),
    })
  })

  it('a restart that the resize policy demands is told', async () => {
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }]
    addPod('web-1', { resources: { limits: { memory: '64Mi' } }, more: { resizePolicy } })
    const plan = await planFor(hands, 128)
    expect(plan.method).toBe('in-place')
    expect(plan.warnings.join('\n')).toContain('The container is restarted')
  })

  it.each([
    ['StatefulSet', 'statefulsets', { updateStrategy: { type: 'OnDelete' } }, 'file', 'OnDelete'],
    [
      'DaemonSet',
      'daemonsets',
      { updateStrategy: { type: 'RollingUpdate' } },
      'recreate',
      'All pods of',
    ],
  ])('a %s', async (kind, resource, more, method, warning) => {
    const resources = { limits: { memory: '64Mi' } }
    addPod('web-1', { resources, owner: [kind, 'web'] })
    addOwner(resource, kind, 'web', { resources, more })
    const plan = await planFor(hands, 128, { recreate: true })
    expect(plan.method).toBe(method)
    expect(plan.warnings.join('\n')).toContain(warning)
  })

  it('a Job of a CronJob: the template of its next run', async () => {
    const resources = { limits: { memory: '64Mi' } }
    addPod('web-1', { resources, owner: ['Job', 'night-1'] })
    addOwner('jobs', 'Job', 'night-1', { resources, owner: ['CronJob', 'night'] })
    const template = { spec: podSpec(resources) }
    addOwner('cronjobs', 'CronJob', 'night', {
      more: { template: null, jobTemplate: { spec: { template } } },
    })
    const plan = await planFor(hands, 128, { recreate: true })
    expect(plan.method).toBe('file')
    await apply(plan, hands)
    const changed = resourcesOf('cronjobs/shop/night', 'spec', 'jobTemplate', 'spec', 'template')
    expect(changed).toEqual({ limits: { memory: '128Mi' } })
  })

  it.each([
    ['night-29399760-x2x4z', 'by the minute'],
    ['night-1763985600-x2x4z', 'by the second, as older clusters name them'],
  ])('a CronJob whose Job is gone with its pods: %s, %s', async (pod) => {
    const template = { spec: podSpec({ limits: { memory: '64Mi' } }) }
    addOwner('cronjobs', 'CronJob', 'night', {
      more: { template: null, jobTemplate: { spec: { template } } },
    })
    await apply(await planFor(hands, 128, { pod }), hands)
    const changed = resourcesOf('cronjobs/shop/night', 'spec', 'jobTemplate', 'spec', 'template')
    expect(changed).toEqual({ limits: { memory: '128Mi' } })
  })

  it.each([
    ['a bare pod', undefined, 'nothing would make this pod anew'],
    ['a Job of its own', 'Job', 'the template of a Job cannot be changed'],
    ['a ReplicaSet of its own', 'ReplicaSet', 'replaces no pods'],
    ['an unknown kind', 'Rollout', 'a kind that stella does not change'],
  ])('%s cannot be made anew', async (_what, kind, message) => {
    const resources = { limits: { memory: '64Mi' } }
    addPod('web-1', { resources, ...(kind === undefined ? {} : { owner: [kind, 'up'] }) })
    if (kind !== undefined && kind !== 'Rollout')
      addOwner(`${kind.toLowerCase()}s`, kind, 'up', { resources })
    await expect(planFor(hands, 128, { recreate: true })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    })
    // As it runs it can be changed all the same.
    expect((await planFor(hands, 128)).method).toBe('in-place')
  })

  it.each([
    [
      {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
      },
      /Helm \(release shop\).*--set resources\.limits\.memory=128Mi/,
    ],
    [
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } },
      /Argo CD \(shop\).*128Mi/,
    ],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, /Flux \(shop\).*128Mi/],
    [
      { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
      /kubectl apply.*128Mi/,
    ],
  ])('%j: who writes over it is told, and what to change there', async (more, warning) => {
    addWeb({ limits: { memory: '64Mi' } }, { metadata: more })
    const { warnings } = await planFor(hands, 128, { recreate: true })
    expect(warnings.join('\n')).toMatch(warning)
  })

  describe('an autoscaler of the same pods', () => {
    const of = (key: string) => ({ [key]: { kind: 'Deployment', name: 'web' } })
    const recommendation = {
      containerRecommendations: [{ containerName: 'app', target: { memory: '100Mi' } }],
    }

    async function warningsWith(kind: 'vertical' | 'horizontal', scaler: object): Promise<string> {
      const resources = { limits: { memory: '64Mi' }, requests: { memory: '32Mi' } }
      addWeb(resources)
      const name = { name: 'scaler', namespace: 'shop' }
      server.objects.set(`${kind}podautoscalers/shop/scaler`, { metadata: name, ...scaler })
      const { warnings } = await planFor(hands, 128, { recreate: true, requestMib: 64 })
      return warnings.join('\n')
    }

    it('that is vertical gives its own figures: which, and what to change instead', async () => {
      const spec = of('targetRef')
      expect(await warningsWith('vertical', { spec, status: { recommendation } })).toMatch(
        /VerticalPodAutoscaler scaler gives new pods 100 MiB and a limit of 200 MiB instead: set minAllowed\.memory of app there to 64Mi/,
      )
      expect(await warningsWith('vertical', { spec })).toMatch(/once it has a recommendation/)
    })

    it.each([
      ['only recommends', { updatePolicy: { updateMode: 'Off' } }],
      ['leaves limits alone', { containerName: '*', controlledValues: 'RequestsOnly' }],
      ['leaves memory alone', { containerName: 'app', controlledResources: ['cpu'] }],
      ['leaves this container alone', { containerName: 'app', mode: 'Off' }],
      ['is of others', { targetRef: { kind: 'StatefulSet', name: 'web' } }],
    ])('that %s is not told', async (_, setting) => {
      const spec = {
        ...of('targetRef'),
        ...('containerName' in setting
          ? { resourcePolicy: { containerPolicies: [setting] } }
          : setting),
      }
      expect(await warningsWith('vertical', { spec })).not.toContain('scaler')
    })

    it('that scales by the share of what is requested has another target', async () => {
      const target = { type: 'Utilization', averageUtilization: 80 }
      const spec = {
        ...of('scaleTargetRef'),
        metrics: [{ type: 'Resource', resource: { name: 'memory', target } }],
      }
      expect(await warningsWith('horizontal', { spec })).toMatch(
        /HorizontalPodAutoscaler scaler scales by 80 % .* 51\.2 MiB a pod then instead of 25\.6 MiB, so it keeps fewer pods; an averageUtilization of 40 keeps/,
      )
      const byAmount = { name: 'memory', target: { type: 'AverageValue', averageValue: '40Mi' } }
      const other = { ...spec, metrics: [{ type: 'Resource', resource: byAmount }] }
      expect(await warningsWith('horizontal', { spec: other })).not.toContain('scaler')
    })
  })

  it('an owner that starts no new pods: the pod as it runs, and the template for later', async () => {
    const resources = { limits: { memory: '64Mi' } }
    addPod('web-1', { resources, owner: ['StatefulSet', 'web'] })
    const more = { updateStrategy: { type: 'OnDelete' } }
    addOwner('statefulsets', 'StatefulSet', 'web', { resources, more })
    const plan = await planFor(hands, 128)
    expect(plan.method).toBe('in-place')
    const both = () => [
      field(ofPod(), 'limits', 'memory'),
      field(resourcesOf('statefulsets/shop/web', 'spec', 'template'), 'limits', 'memory'),
    ]
    await apply(plan, hands)
    expect(both()).toEqual(['128Mi', '128Mi'])
    await undo(plan, hands)
    expect(both()).toEqual(['64Mi', '64Mi'])
  })

  it('a pod whose owner is not changed is changed as it runs, and that is told', async () => {
    const resources = { limits: { memory: '64Mi' } }
    addPod('web-1', { resources, owner: ['Rollout', 'web'] })
    const { method, warnings } = await planFor(hands, 128)
    expect(method).toBe('in-place')
    expect(warnings.join('\n')).toMatch(/A new pod starts with the earlier limit.*Rollout/)
  })

  it('what an operator made is told to be written over', async () => {
    const ownerReferences = [
      { apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', name: 'k8s', controller: true },
    ]
    addWeb({ limits: { memory: '64Mi' } }, { metadata: { ownerReferences } })
    const { warnings } = await planFor(hands, 128)
    expect(warnings.join('\n')).toMatch(/operator writes over it.*Prometheus k8s/)
  })

  it('the container is to be named where there are several without the one', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    await expect(planFor(hands, 128, { container: 'web' })).rejects.toMatchObject({
      exitCode: 2,
      todo: 'name one of app, proxy',
    })
    await expect(planFor(hands, 128, { pod: '--all' })).rejects.toMatchObject({ exitCode: 2 })
    await expect(planFor(hands, 64, { container: 'app' })).rejects.toMatchObject({
      message: 'has this limit already',
    })
  })

  it('the diff is of resources alone, where they stand', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    const { diff } = await planFor(hands, 128, { recreate: true })
    expect(diff.split('\n').slice(3)).toEqual([
      '         - name: app',
      '           resources:',
      '             limits:',
      '-              memory: 64Mi',
      '+              memory: 128Mi',
      '',
    ])
  })
})

describe('for a repository', () => {
  const manifest = (form: 'kustomize' | 'helm') =>
    kubernetes.manifest?.(requestFor(128, {}), form, hands)

  it('a patch with the memory alone, and what names it', async () => {
    addWeb({ limits: { cpu: '1', memory: '64Mi' }, requests: { memory: '32Mi' } })
    expect(await manifest('kustomize')).toBe(
      [
        '# Memory of container app of deployment shop/web.',
        '# Save it as web-memory.yaml beside kustomization.yaml, and add there:',
        '#   patches:',
        '#     - path: web-memory.yaml',
        '#       target: { kind: Deployment, name: web }',
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata:',
        '  name: web',
        'spec:',
        '  template:',
        '    spec:',
        '      containers:',
        '        - name: app',
        '          resources:',
        '            limits:',
        '              memory: 128Mi',
        '            requests:',
        '              memory: 32Mi',
        '',
      ].join('\n'),
    )
    expect(server.changes).toEqual([])
  })

  it.each([
    [{ 'helm.sh/chart': 'app-1.2.3' }, 'resources'],
    [
      { 'helm.sh/chart': 'redis-18.1.0', 'app.kubernetes.io/component': 'master' },
      'master.app.resources',
    ],
    [
      { 'app.kubernetes.io/name': 'app', 'app.kubernetes.io/component': 'query-frontend' },
      'queryFrontend.resources',
    ],
  ])('values of a chart with %j: a guess, and told to be one', async (labels, path) => {
    const annotations = { 'meta.helm.sh/release-name': 'shop' }
    addWeb({ limits: { memory: '64Mi' } }, { metadata: { labels, annotations } })
    const text = (await manifest('helm')) ?? ''
    expect(text).toContain(`is a guess: ${path}.`)
    expect(text).toContain('helm upgrade shop CHART --namespace shop')
    const written: unknown = parse(text)
    expect(field(written, ...path.split('.'), 'limits', 'memory')).toBe('128Mi')
  })

  it('what an operator makes has no file that stella knows', async () => {
    addPod('web-1', { resources: { limits: { memory: '64Mi' } }, owner: ['Rollout', 'web'] })
    await expect(manifest('kustomize')).rejects.toMatchObject({ exitCode: 2 })
  })
})
