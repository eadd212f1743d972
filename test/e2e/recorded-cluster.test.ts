import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { engineWith } from '../../src/cli/live-engine.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Case } from '../../src/model/case.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { stella } from '../support/command-line.ts'
import { recordedCase } from '../support/recorded.ts'

// Recorded from a real cluster (scripts/record/kubernetes.ts), judged from its files alone.
test.each([
  { scene: 'own-limit', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'own-limit-guaranteed', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'own-limit-tmpfs', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'static-pod', verdict: 'oom-own-limit', of: 'web-node-1/app' },
  { scene: 'child-killed-main-lives', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'child-killed-main-exits-0', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'exec-killed', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'pod-limit', verdict: 'oom-ancestor-limit', of: 'web/app' },
  { scene: 'node-allocatable-kill', verdict: 'oom-ancestor-limit', of: 'web/app' },
  { scene: 'eviction', verdict: 'evicted', of: 'web/app' },
  { scene: 'eviction-exits-0', verdict: 'evicted', of: 'web/app' },
  { scene: 'liveness-kill', verdict: 'killed-not-memory', of: 'web/app' },
  { scene: 'resize-restarts', verdict: 'exited', of: 'web/app' },
])('$scene of a real cluster: $verdict', async ({ scene, verdict, of }) => {
  const found = await recordedCase(`kubernetes/v1.34/${scene}`)
  expect(found.verdict).toMatchObject({ code: verdict, confidence: 'certain' })
  expect(found.subject.name).toBe(`${scene}/${of}`)
})

// What the API server tells alone: no kernel log, and not the kubelet's.
const API = ['pod.json', 'pod-states.json', 'events.json', 'node.json', 'pods.json']

test.each([
  { scene: 'own-limit', verdict: 'oom-own-limit', confidence: 'likely' },
  { scene: 'crash-loop', verdict: 'oom-own-limit', confidence: 'likely' },
  { scene: 'killed-at-start', verdict: 'oom-own-limit', confidence: 'certain' },
  { scene: 'pod-limit', verdict: 'oom-ancestor-limit', confidence: 'likely' },
  { scene: 'node-allocatable-kill', verdict: 'oom-ancestor-limit', confidence: 'possible' },
  { scene: 'liveness-kill', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'preemption', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'grace-period-kill', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'eviction', verdict: 'evicted', confidence: 'certain' },
])('$scene, told by the API server alone: $verdict', async ({ scene, verdict, confidence }) => {
  const cases = await casesOf(scene, API)
  expect(cases.map(({ verdict: { code } }) => code)).toEqual([verdict])
  expect(cases[0]?.verdict).toMatchObject({ code: verdict, confidence })
  expect(cases[0]?.subject.name).toBe(`${scene}/web/app`)
})

// On cgroup v2: a kubelet of its own in an emulated machine (scripts/record/kubernetes-cgroup2.ts).
test.each([
  {
    scene: 'group-kill',
    code: 'oom-own-limit',
    dead: true,
    says: 'It killed the container as a whole, whichever process had grown: the kubelet sets memory.oom.group on cgroup v2',
  },
  { scene: 'exec-killed', code: 'oom-own-limit', dead: true, says: 'as a whole' },
  { scene: 'single-process-kill', code: 'oom-own-limit', dead: false, says: 'It was a child' },
  { scene: 'pod-limit', code: 'oom-ancestor-limit', dead: true, says: 'limit of 64 MiB of pod' },
  {
    scene: 'swap-full',
    code: 'oom-own-limit',
    dead: true,
    says: 'Its swap was full, too: LimitedSwap gives it 8.61 MiB',
  },
  { scene: 'no-swap', code: 'oom-own-limit', dead: true, says: 'limit of 32 MiB' },
  {
    scene: 'throttled',
    code: 'thrashing',
    dead: false,
    says: 'MemoryQoS slows a container down above its request of 1 MiB and 0.9 of what lies between that and its limit of 64 MiB.',
  },
  { scene: 'eviction-by-share', code: 'evicted', dead: true, says: 'ran low on memory' },
])('$scene on cgroup v2: $code', async ({ scene, code, dead, says }) => {
  const { subject, verdict } = await recordedCase(`kubernetes/v1.34-cgroup2/${scene}`)
  expect(subject.name).toBe(`${scene}/web/app`)
  expect(verdict).toMatchObject({ code, confidence: 'certain', mainProcessDied: dead })
  expect(verdict.summary).toContain(says)
})

test('one process that was killed alone is no kill of a group', async () => {
  for (const scene of ['single-process-kill', 'pod-limit', 'swap-full']) {
    const { verdict } = await recordedCase(`kubernetes/v1.34-cgroup2/${scene}`)
    expect(verdict.summary, scene).not.toContain('as a whole')
  }
})

test.each([
  ['no-swap', 'the swap behavior of its kubelet is NoSwap'],
  ['group-kill', 'LimitedSwap gives none to a container whose request is its limit'],
])('%s: the node has swap that its container may not use', async (scene, says) => {
  const { causes } = await recordedCase(`kubernetes/v1.34-cgroup2/${scene}`)
  const [cause] = causes.filter(({ code }) => code === 'swap-off')
  expect(cause?.summary).toContain(says)
})

test.each([
  'v1.34/own-limit',
  'v1.34/pod-limit',
  'v1.34/node-allocatable-kill',
  'v1.34/two-killed',
])('%s: that a node of Kubernetes has no swap, as most have none, is no cause', async (scene) => {
  const { causes } = await recordedCase(`kubernetes/${scene}`)
  expect(causes.map(({ code }) => code)).not.toContain('swap-off')
  expect(causes).not.toEqual([])
})

test('the swap that the kubelet gave a container is what its group has', () => {
  const folder = join(REPO, 'fixtures/kubernetes/v1.34-cgroup2/swap-full/groups/app')
  expect(Number(readFileSync(join(folder, 'memory.swap.max'), 'utf8')) / MIB).toBeCloseTo(8.61, 2)
})

test('a container that the kubelet lost sight of had one life, and is not said to have been started again', async () => {
  const folder = join(REPO, 'fixtures/kubernetes/v1.34-cgroup2/eviction-by-share')
  const [found, ...more] = investigate(await readFiles([folder]), null, { all: true })
  expect(more).toEqual([])
  expect(found?.verdict.summary).not.toContain('started it again')
})

test('of several containers of a pod that died the newest is told, and the others by the command that tells of each', async () => {
  const from = join(REPO, 'fixtures/kubernetes/v1.34/two-killed')
  const why = (...args: string[]) =>
    stella(['why', ...args, '--from', from], { engine: engineWith })
  const { out } = await why('k8s:two-killed/web')
  expect(out).toContain('kubernetes two-killed/web/cache')
  const [, when, command] =
    /\n  app \(oom-own-limit, (.+)\): (stella why k8s:\S+ --from \S+)\n/.exec(out) ?? []
  expect(command).toBe(`stella why k8s:two-killed/web/app --from ${from}`)
  const app = await why('k8s:two-killed/web/app')
  expect(app.out).toContain(`When      ${when}`)
  expect(app.out).not.toContain('Died in this pod, too')
  const json = JSON.parse((await why('k8s:two-killed/web', '--json')).out)
  expect(json.diedBeside).toEqual([
    { container: 'app', verdict: 'oom-own-limit', at: expect.any(String), command },
  ])
  expect((await why('k8s:two-killed/web', '--markdown')).out).toContain(`\`${command}\``)
  expect((await why('k8s:two-killed/web', '--all')).out).not.toContain('Died in this pod, too')
})

test('a kill is told with the version of its workload that saved lists show', async () => {
  const [first] = await casesOf('second-rollout', null)
  expect(first?.verdict.summary).toContain(
    'it runs in revision 2 of Deployment second-rollout/shop',
  )
  const told = first?.evidence.find(({ says }) => says.startsWith('Deployment'))
  expect(told?.from).toMatch(/replicasets\.json:\d+$/)
  expect(first?.unknown.join('\n')).toContain('deployment.json: a Deployment says what shall run')
})

test.each(readdirSync(join(REPO, 'fixtures/kubernetes/v1.34')).filter((one) => !/\./.test(one)))(
  '%s: every file that was saved of a cluster is known',
  async (scene) => {
    const { unknown } = await readFiles([join(REPO, 'fixtures/kubernetes/v1.34', scene)])
    expect(unknown.join('\n')).not.toContain('not recognised')
  },
)

test('what a kubelet told of a life is beside its kill, as one line of evidence', async () => {
  const [found] = await casesOf('child-killed-main-lives', null)
  const [told, ...more] = (found?.evidence ?? []).filter(({ says }) => says.includes('its kubelet'))
  expect(more).toEqual([])
  expect(told?.says).toContain('at most since its start 32 MiB, limit 32 MiB, 1 OOM kill')
  expect(told?.from).toMatch(/cadvisor\.txt:\d+$/)
})

test('a kill of a child that nobody but the kubelet has counted is a kill, and not certain', async () => {
  const [found, ...more] = await casesOf('child-killed-main-lives', ['pod.json', 'cadvisor.txt'])
  expect(more).toEqual([])
  expect(found?.verdict).toMatchObject({
    code: 'oom-own-limit',
    confidence: 'likely',
    mainProcessDied: false,
  })
  expect(found?.verdict.summary).toContain('its kubelet has counted it')
  expect(found?.subject.name).toBe('child-killed-main-lives/web/app')
})

test.each(['cadvisor.txt', 'stats-summary.json'])(
  'a pod that lives is judged by %s of its kubelet',
  async (page) => {
    for (const only of [['pod.json', page], [page]]) {
      const [found] = await casesOf('resize-below-usage', only)
      expect(found?.verdict).toMatchObject({ code: 'healthy', confidence: 'likely' })
      expect(found?.verdict.summary).toContain('working set of 40.3 MiB, of a limit of 64 MiB')
      expect(found?.subject.name).toBe('resize-below-usage/web/app')
    }
  },
)

test.each([
  { files: ['one-pod-metrics.json'], confidence: 'possible', says: 'Its limit is not told there' },
  {
    files: ['one-pod-metrics.json', 'pod.json'],
    confidence: 'likely',
    says: 'working set of 24.3 MiB, of a limit of 64 MiB',
  },
])('what metrics-server told of a pod is as good as what is beside it: $files', async (wanted) => {
  const folder = join(REPO, 'fixtures/kubernetes/metrics-server-0.9')
  const world = await readFiles(wanted.files.map((file) => join(folder, file)))
  expect(world.unknown.join('\n')).not.toContain('not recognised')
  const app = { kind: 'pod', namespace: 'shop', pod: 'web', container: 'app' } as const
  const [found] = investigate(world, app, { all: false })
  expect(found?.verdict).toMatchObject({ code: 'healthy', confidence: wanted.confidence })
  expect(found?.verdict.summary).toContain(wanted.says)
})

test('the limit of a pod that its kubelet tells for a container is not taken for its own', async () => {
  const { verdict } = await recordedCase('kubernetes/v1.34/pod-limit')
  expect(verdict.summary).toContain('limit of 64 MiB of pod')
})

test('a bill of saved pages is the one that the kubelet tells', async () => {
  const folder = join(REPO, 'fixtures/kubernetes/v1.34/resize-below-usage')
  const { code, out } = await stella(['bill', '--from', folder, '--json'], { engine: engineWith })
  expect(code).toBe(0)
  const bill = JSON.parse(out)
  expect(bill.subject.name).toBe('resize-below-usage/web/app')
  expect(bill.limitBytes).toBe(64 * MIB)
  expect(bill.chargeSource).toContain('metrics/cadvisor')
})

test('each kill of a crash loop is of its container, and ended it', async () => {
  const cases = await casesOf('crash-loop', null)
  expect(cases).toHaveLength(4)
  for (const { subject, verdict } of cases) {
    expect(subject.name).toBe('crash-loop/web/app')
    expect(verdict).toMatchObject({ code: 'oom-own-limit' })
    expect(verdict.mainProcessDied).not.toBe(false)
  }
})

test('a crash loop tells when the kubelet starts it next', async () => {
  const [first] = await casesOf('crash-loop', API)
  expect(first?.verdict.summary).toContain(
    'now 40 s, so the next start is not before 2026-11-22 19:26:27 UTC',
  )
})

async function casesOf(scene: string, only: readonly string[] | null): Promise<readonly Case[]> {
  const folder = join(REPO, 'fixtures/kubernetes/v1.34', scene)
  const files = only?.map((name) => join(folder, name)).filter((file) => existsSync(file))
  return investigate(await readFiles(files ?? [folder]), null, { all: true })
}
