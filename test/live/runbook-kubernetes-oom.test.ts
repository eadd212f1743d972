/**
 * The runbook of pods that are killed: a real kubectl and real kills in a group that is named as kubelet names them. The API
 * server is a stand-in, and its kubelet is a few lines below: what a real cluster does with a fix is in kubernetes-fix.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { field } from '../../src/parsers/json-fields.ts'
import { parseMemory } from '../../src/parsers/kubernetes/quantity.ts'
import { kubeconfigFor } from '../support/api-server.ts'
import { book } from '../support/book-runs.ts'
import type { Book } from '../support/book-runs.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { fakeKubernetes } from '../support/fake-kubernetes.ts'
import type { FakeKubernetes } from '../support/fake-kubernetes.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

const UID = '3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11'
const ID = 'c0ffee'.padEnd(64, '0')
const POD = 'pods/shop/cart-0'

let home = ''
let server: FakeKubernetes
let root: TestGroup
let group: TestGroup
let kubelet: NodeJS.Timeout
let kills = 0
let killedAt = ''

/** Of the container, as the API server has it. */
function resources(): unknown {
  const containers = field(server.objects.get(POD), 'spec', 'containers')
  return field(Array.isArray(containers) ? containers[0] : null, 'resources')
}

const limit = (): number => Number(group.read('memory.limit_in_bytes'))

/** Tells what the kernel did in the group, as a kubelet does. */
function tellStatus(pod: Record<string, unknown>): void {
  const now = Number(/^oom_kill (\d+)$/m.exec(group.read('memory.oom_control'))?.[1])
  if (now > kills) killedAt = `${new Date().toISOString().slice(0, 19)}Z`
  kills = now
  const last = { reason: 'OOMKilled', exitCode: 137, finishedAt: killedAt, startedAt: killedAt }
  const status = {
    name: 'app',
    containerID: `containerd://${ID}`,
    image: 'shop/cart:1',
    imageID: 'sha256:1234',
    ready: true,
    restartCount: kills,
    resources: resources(),
    state: { running: { startedAt: killedAt } },
    lastState: { terminated: { ...last, containerID: `containerd://${ID}` } },
  }
  pod['status'] = { phase: 'Running', qosClass: 'Burstable', containerStatuses: [status] }
}

function kubernetesOom(seconds: string): Book {
  const params = { namespace: 'shop', pod: 'cart-0', container: 'app', selector: 'app=cart' }
  const env = { STELLA_DATA: home, HOME: home, KUBECONFIG: join(home, 'config') }
  return book(
    'kubernetes-oom',
    { ...params, limit: '128Mi', cgroup: group.path, quiet: '5', seconds },
    env,
  )
}

const PARTS = ['root', 'cgroup-v1', 'kmsg', 'compiler', 'kubectl'] as const
describe.skipIf(requireParts(...PARTS))('the runbook kubernetes-oom', () => {
  beforeAll(async () => {
    await roomForReports()
    home = mkdtempSync(join(tmpdir(), 'stella-test-kubernetes-oom-'))
    server = await fakeKubernetes('35')
    writeFileSync(join(home, 'config'), kubeconfigFor(server.url))
    root = createGroup('kubernetes-oom')
    const pods = root.child('kubepods').child('burstable').child(`pod${UID}`)
    group = pods.child(ID, 32 * MIB)
    const memory = { limits: { memory: '32Mi' }, requests: { memory: '16Mi' } }
    const labels = { app: 'cart' }
    const metadata = { name: 'cart-0', namespace: 'shop', uid: UID, resourceVersion: '1', labels }
    const containers = [{ name: 'app', image: 'shop/cart:1', resources: memory }]
    const spec = { nodeName: 'n1', containers }
    server.objects.set(POD, { kind: 'Pod', apiVersion: 'v1', metadata, spec })
    const program = await hog()
    group.start(['sh', '-c', `while :; do ${program} anon=48M stay; sleep 0.3; done`])
    server.kubelet = (pod) => {
      const containers = field(pod, 'spec', 'containers')
      const wanted = field(Array.isArray(containers) ? containers[0] : null, 'resources')
      const bytes = parseMemory(field(wanted, 'limits', 'memory'))
      group.write('memory.limit_in_bytes', String(bytes))
    }
    kubelet = setInterval(() => {
      const pod = server.objects.get(POD)
      if (pod !== undefined) tellStatus(pod)
    }, 200)
  })
  afterAll(async () => {
    clearInterval(kubelet)
    await root.remove()
    await server[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('sees the kills that Kubernetes and the kernel tell, and changes nothing by itself', async () => {
    await until('it was killed twice', () => kills >= 2)
    const looked = await kubernetesOom('3600').start()
    expect(looked.states, looked.told).toMatchObject({
      killed: 'problem',
      evicted: 'ok',
      why: 'ok',
      kernel: 'ok',
      record: 'waits',
    })
    expect(looked.told).toMatch(/cgroup:.*\noom-own-limit/)
    expect(looked.code).toBe(4)
    expect([limit(), server.changes]).toEqual([32 * MIB, []])
  })

  it('writes the case down, gives the container more, and sees that it restarts no more', async () => {
    const looked = await kubernetesOom('3600').start()
    const mended = await kubernetesOom('3600').approve(looked)
    expect(mended.states, mended.told).toMatchObject({
      record: 'ok',
      raise: 'ok',
      cordon: 'skipped',
      holds: 'ok',
      'workload-holds': 'skipped',
    })
    expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
    expect(limit()).toBe(128 * MIB)
    expect(server.changes).toEqual([expect.stringContaining('/pods/cart-0/resize')])
  })

  it('finds nothing any more, and changes nothing', async () => {
    const before = kills
    const well = await until(
      'nobody was killed for 10 s',
      async () => {
        const looked = await kubernetesOom('10').start()
        return looked.verdict !== null && looked
      },
      60_000,
    )
    expect([well.verdict, well.code], well.told).toEqual(['well', 0])
    expect([limit(), kills, server.changes.length]).toEqual([128 * MIB, before, 1])
  })
})
