import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { ChangePlan } from '../../src/model/fix.ts'
import { field } from '../../src/parsers/json-fields.ts'
import { kubernetes } from '../../src/remedy/platforms/kubernetes/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { runCommand } from '../../src/sources/run.ts'
import { fakeKubernetes, type FakeKubernetes } from '../support/fake-kubernetes.ts'

/** Each kubectl of this machine: what they can do differs. STELLA_KUBECTL names others, with colons between. */
const PROGRAMS = [
  ...(process.env['STELLA_KUBECTL'] ?? '').split(':'),
  // One that cannot name the subresource, and one that can.
  ...globSync('/usr/lib/google-cloud-sdk/bin/kubectl.1.{28,33}'),
  ...['/usr/bin/kubectl', '/usr/local/bin/kubectl'].filter((path) => existsSync(path)).slice(0, 1),
].filter((path) => path !== '' && existsSync(path))
if (PROGRAMS.length === 0) console.warn('skipped: needs kubectl')

let server: FakeKubernetes
let home = ''

function handsWith(program: string) {
  const env = { HOME: home, PATH: process.env['PATH'], KUBECONFIG: '/dev/null' }
  const run: typeof runCommand = ([, ...args], options) =>
    runCommand([program, '--server', server.url, '--cache-dir', home, ...args], options)
  return { reader: hostReader({ env, run }), signal: new AbortController().signal }
}

type Hands = ReturnType<typeof handsWith>

function planFor(
  hands: Hands,
  mib: number,
  options: { pod?: string; recreate?: boolean; requestMib?: number; container?: string } = {},
): Promise<ChangePlan> {
  const { pod = 'web-1', recreate = false, requestMib, container = 'app' } = options
  const requestBytes = requestMib === undefined ? null : requestMib * MIB
  const change = { kind: 'limit', limitBytes: mib * MIB, requestBytes } as const
  const target = { kind: 'pod', namespace: 'shop', pod, container } as const
  return kubernetes.plan({ target, change, recreate }, hands)
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

function metadata(name: string, { owner, metadata: more }: Setting) {
  const ownerReferences =
    owner === undefined
      ? []
      : [{ apiVersion: 'apps/v1', kind: owner[0], name: owner[1], uid: 'u', controller: true }]
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

async function cluster(minor: string): Promise<void> {
  server = await fakeKubernetes(minor)
}

describe.skipIf(PROGRAMS.length === 0).each(PROGRAMS)('%s', (program) => {
  let hands: Hands

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'stella-kubectl-'))
    await cluster('20')
    hands = handsWith(program)
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  async function newCluster(minor: string): Promise<void> {
    await server[Symbol.asyncDispose]()
    await cluster(minor)
  }

  it('an older cluster: the template of the Deployment, rolled out, and back exactly as it was written', async () => {
    const before = { limits: { cpu: '1', memory: '512M' }, requests: { memory: '256Mi' } }
    addWeb(before)
    const plan = await planFor(hands, 1024)
    expect(plan).toMatchObject({
      method: 'recreate',
      changes: [{ field: 'resources.limits.memory', before: '512M', after: '1024Mi' }],
      workload: { image: 'shop/web:3', imageId: 'sha256:1234' },
    })
    expect(plan.warnings[0]).toContain('older than 1.33')
    expect(plan.diff).toMatch(/-.*memory: 512M\n\+.*memory: 1024Mi/)
    expect(JSON.stringify(plan)).not.toContain('hunter2')
    expect(server.changes).toEqual([])
    server.conflicts = 1
    await apply(plan, hands)
    expect(ofDeployment()).toEqual({
      limits: { cpu: '1', memory: '1024Mi' },
      requests: { memory: '256Mi' },
    })
    expect(server.changes.at(-1)).toContain('strategic-merge-patch')
    const made = server.changes.length
    await apply(plan, hands)
    expect(server.changes).toHaveLength(made)
    await undo(plan, hands)
    await undo(plan, hands)
    expect(ofDeployment()).toEqual(before)
  })

  it('a newer cluster: the pod as it runs, and the owner that keeps the earlier limit is named', async () => {
    await newCluster('35')
    const before = { limits: { memory: '64Mi' }, requests: { memory: '64Mi' } }
    addWeb(before)
    const plan = await planFor(hands, 128)
    expect(plan.method).toBe('in-place')
    expect(plan.warnings.join('\n')).toContain('deployment shop/web keeps it')
    await apply(plan, hands)
    expect(ofPod()).toEqual({ limits: { memory: '128Mi' }, requests: { memory: '64Mi' } })
    expect(ofDeployment()).toEqual(before)
    expect(server.changes.every((line) => line.includes('/pods/web-1/resize'))).toBe(true)
    await undo(plan, hands)
    expect(ofPod()).toEqual(before)
    const anew = await planFor(hands, 128, { recreate: true })
    expect(anew.method).toBe('recreate')
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

  it('a missing right is named, and a missing pod', async () => {
    addWeb({ limits: { memory: '64Mi' } })
    const plan = await planFor(hands, 128)
    server.forbidden =
      'deployments.apps "web" is forbidden: User "me" cannot patch resource "deployments"'
    await expect(apply(plan, hands)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('cannot patch resource "deployments"'),
      todo: expect.stringContaining('right'),
    })
    await expect(planFor(hands, 128, { pod: 'gone' })).rejects.toMatchObject({
      exitCode: 3,
      message: 'pods "gone" not found',
    })
  })
})

describe.skipIf(PROGRAMS.length === 0)('what a plan decides', () => {
  let hands: Hands

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'stella-kubectl-'))
    await cluster('35+')
    hands = handsWith(PROGRAMS.at(-1) ?? '')
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

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
    expect(plan.warnings.join('\n')).toContain('cannot be taken away again')
    expect(plan.warnings.join('\n')).toContain('becomes Burstable instead of BestEffort')
    await apply(plan, hands)
    expect(ofDeployment()).toEqual({ limits: { memory: '128Mi' } })
    await undo(plan, hands)
    expect(ofDeployment()).toEqual({})
  })

  it('a resize that the node has no room for ends the wait', async () => {
    addWeb({ limits: { memory: '64Mi' }, requests: { memory: '32Mi' } })
    server.infeasible = "Node didn't have enough capacity: memory"
    const plan = await planFor(hands, 128)
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
