/** What befalls a pod because the node is small: 128 MiB for all pods, evicted from when 64 MiB are left below their limit. */
import { setTimeout as sleep } from 'node:timers/promises'
import { resize } from './pod-scenes.ts'
import { SUBJECT, container, pod } from './scene.ts'
import type { Scene, Stage } from './scene.ts'

const POD = `pod/${SUBJECT}`
const NEVER = { restartPolicy: 'Never' }

export const NODE_SCENES: readonly Scene[] = [
  {
    // Faster than the kubelet looks.
    name: 'node-allocatable-kill',
    play: async (stage) => {
      const neighbour = container(stage.image, { hog: ['anon=20M', 'stay'], limit: '48Mi' })
      await stage.apply(pod([neighbour], {}, 'neighbour'))
      await stage.until('pod/neighbour', '.status.phase', 'Running')
      await stage.apply(pod([container(stage.image, { hog: ['anon=250M', 'stay'] })], NEVER))
      await stage.until(POD, '.status.phase', 'Failed')
      await stage.keep('pod-neighbour.json', 'pod', 'neighbour')
    },
  },
  {
    // Hears no SIGTERM, as many a first process of a container.
    name: 'eviction',
    play: (stage) => evict(stage, ['anon=120M', 'sleep=600000']),
  },
  {
    name: 'eviction-exits-0',
    play: (stage) => evict(stage, ['anon=120M', 'stay']),
  },
  {
    name: 'preemption',
    play: async (stage) => {
      await stage.apply({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: 'urgent' },
        value: 1000,
      })
      const asks = { limit: '96Mi' }
      await stage.apply(pod([container(stage.image, { shell: 'exec sleep 1000', ...asks })]))
      await stage.until(POD, '.status.phase', 'Running')
      stage.watch()
      const urgent = pod(
        [container(stage.image, { hog: ['stay'], ...asks })],
        { priorityClassName: 'urgent' },
        'urgent',
      )
      await stage.apply(urgent)
      await stage.until('pod/urgent', '.status.phase', 'Running')
      await stage.keep('pod-urgent.json', 'pod', 'urgent')
    },
  },
  {
    name: 'resize-deferred',
    play: async (stage) => {
      const app = (limit: string): object => container(stage.image, { hog: ['stay'], limit })
      await stage.apply(pod([app('64Mi')], {}, 'neighbour'))
      await stage.apply(pod([app('32Mi')]))
      await stage.until(POD, '.status.phase', 'Running')
      await stage.until('pod/neighbour', '.status.phase', 'Running')
      await resize(stage, '96Mi')
      await stage.until(POD, '.status.conditions[?(@.type=="PodResizePending")].reason', 'Deferred')
    },
  },
  {
    name: 'does-not-fit',
    play: async (stage) => {
      await stage.apply(pod([container(stage.image, { hog: ['stay'], limit: '512Mi' })]))
      await sleep(3_000)
    },
  },
]

async function evict(stage: Stage, hog: readonly string[]): Promise<void> {
  const resources = { requests: { memory: '48Mi' }, limits: { memory: '64Mi' } }
  const neighbour = container(stage.image, { hog: ['anon=20M', 'stay'], more: { resources } })
  await stage.apply(pod([neighbour], {}, 'neighbour'))
  await stage.until('pod/neighbour', '.status.phase', 'Running')
  const more = { resources: { requests: { memory: '16Mi' } } }
  await stage.apply(pod([container(stage.image, { hog, more })]))
  await stage.kubectl('wait', '--for=condition=DisruptionTarget', POD, '--timeout=60s')
  await stage.keep('node-under-pressure.json', 'node', stage.cluster.nodeName)
  await stage.keep('pod-neighbour.json', 'pod', 'neighbour')
  await stage.kubectl('wait', '--for=condition=Ready=false', POD, '--timeout=30s')
  const relieved = '--for=condition=MemoryPressure=false'
  await stage.kubectl('wait', relieved, `node/${stage.cluster.nodeName}`, '--timeout=60s')
}
