/** What befalls a pod on a node with cgroup v2 in another way, or not at all, on one with v1. */
import { setTimeout as sleep } from 'node:timers/promises'
import { resize } from './pod-scenes.ts'
import { SUBJECT, container, pod } from './scene.ts'
import type { ContainerWords, Scene, Stage } from './scene.ts'

const POD = `pod/${SUBJECT}`
const FIRST = '.status.containerStatuses[0]'
const NEVER = { restartPolicy: 'Never' }
/** As often as cAdvisor looks, and a little. */
const MEASURED_MS = 15_000

/** On a kubelet with LimitedSwap and MemoryQoS that kills containers as groups: its default on cgroup v2. */
export const GROUP_SCENES: readonly Scene[] = [
  {
    // A server with workers, of which one takes too much.
    name: 'group-kill',
    play: async (stage) => {
      const shell =
        'hog name=worker stay & hog name=worker stay & exec hog sleep=2000 child=64M stay'
      await start(stage, { shell, limit: '32Mi' }, NEVER)
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    name: 'exec-killed',
    play: async (stage) => {
      await start(stage, { hog: ['stay'], limit: '32Mi' }, NEVER)
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await stage.kubectl('exec', SUBJECT, '--', 'hog', 'anon=64M').catch(() => {})
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    name: 'pod-limit',
    play: async (stage) => {
      const two = [
        container(stage.image, { hog: ['sleep=20000', 'anon=200M', 'stay'] }),
        container(stage.image, { name: 'proxy', hog: ['anon=10M', 'stay'] }),
      ]
      await stage.apply(pod(two, { resources: { limits: { memory: '64Mi' } } }))
      await stage.until(POD, `${FIRST}.restartCount`, '1')
      await stage.keepGroups()
    },
  },
  {
    // Its request is half its limit, so it may swap: as much of the node's swap as it requests of the node's memory.
    name: 'swaps-and-lives',
    play: async (stage) => {
      await start(stage, { hog: ['anon=36M', 'stay'], more: burstable('16Mi', '32Mi') })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await sleep(MEASURED_MS)
      await stage.keepGroups()
    },
  },
  {
    name: 'swap-full',
    play: async (stage) => {
      const hog = ['anon=36M', 'sleep=20000', 'anon=64M']
      await start(stage, { hog, more: burstable('16Mi', '32Mi') }, NEVER)
      await stage.until(POD, '.status.phase', 'Running')
      await sleep(8_000)
      await stage.keepGroups()
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    // It requests next to nothing, so that it may not swap; memory.high is 57.7 MiB.
    name: 'throttled',
    play: async (stage) => {
      const hog = ['anon=57M', 'grow=64K,100,63M', 'stay']
      await start(stage, { hog, more: burstable('1Mi', '64Mi') })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await sleep(2 * MEASURED_MS)
      await stage.keepGroups()
    },
  },
  {
    name: 'resize-below-usage',
    play: async (stage) => {
      await start(stage, { hog: ['anon=40M', 'stay'], limit: '64Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await sleep(MEASURED_MS)
      await resize(stage, '32Mi')
      await sleep(MEASURED_MS)
      await stage.keepGroups()
    },
  },
]

/** The node itself runs low: nothing else may go on meanwhile. */
export const EVICTION_SCENE: Scene = {
  name: 'eviction-by-share',
  play: async (stage) => {
    await stage.apply(pod([container(stage.image, { hog: ['anon=1100M', 'sleep=600000'] })], NEVER))
    await stage.kubectl('wait', '--for=condition=DisruptionTarget', POD, '--timeout=180s')
    await stage.keep('node-under-pressure.json', 'node', stage.cluster.nodeName)
    await stage.keepFigures()
    await stage.until(POD, '.status.phase', 'Failed')
  },
}

/** On a kubelet with `singleProcessOOMKill: true` and without swap for pods. */
export const SINGLE_SCENES: readonly Scene[] = [
  {
    name: 'single-process-kill',
    play: async (stage) => {
      const shell = 'hog name=worker stay & hog name=worker stay & exec hog child=64M stay'
      await start(stage, { shell, limit: '32Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await sleep(MEASURED_MS)
      await stage.keepGroups()
    },
  },
  {
    name: 'no-swap',
    play: async (stage) => {
      const hog = ['sleep=30000', 'anon=36M', 'stay']
      await start(stage, { hog, more: burstable('16Mi', '32Mi') }, NEVER)
      await stage.until(POD, '.status.phase', 'Running')
      await stage.keepGroups()
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
]

function burstable(request: string, limit: string): object {
  return { resources: { requests: { memory: request }, limits: { memory: limit } } }
}

async function start(stage: Stage, words: ContainerWords, spec: object = {}): Promise<void> {
  await stage.apply(pod([container(stage.image, words)], spec))
}
