/** What happens within one pod, on a node that has room. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SUBJECT, container, pod } from './scene.ts'
import type { ContainerWords, Scene, Stage } from './scene.ts'

const POD = `pod/${SUBJECT}`
const FIRST = '.status.containerStatuses[0]'
const NEVER = { restartPolicy: 'Never' }
/** As often as cAdvisor looks, and a little. */
const MEASURED_MS = 12_000

export const POD_SCENES: readonly Scene[] = [
  {
    // The second one lives when the figures are taken.
    name: 'own-limit',
    play: async (stage) => {
      await start(stage, { hog: ['anon=20M', 'sleep=20000', 'anon=20M'], limit: '32Mi' })
      await stage.until(POD, `${FIRST}.restartCount`, '1')
      await sleep(MEASURED_MS)
    },
  },
  {
    name: 'own-limit-guaranteed',
    play: async (stage) => {
      const resources = { limits: { cpu: '250m', memory: '32Mi' } }
      await start(stage, { hog: ['anon=64M'], more: { resources } }, NEVER)
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    name: 'own-limit-tmpfs',
    play: async (stage) => {
      const more = { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }
      const volumes = [{ name: 'scratch', emptyDir: { medium: 'Memory' } }]
      await start(
        stage,
        { hog: ['file=/scratch/a,64M'], limit: '32Mi', more },
        { ...NEVER, volumes },
      )
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    name: 'child-killed-main-lives',
    play: async (stage) => {
      await start(stage, { hog: ['child=64M', 'stay'], limit: '32Mi' })
      await stage.until(POD, '.status.phase', 'Running')
      await sleep(MEASURED_MS)
    },
  },
  {
    name: 'child-killed-main-exits-1',
    play: async (stage) => {
      await start(stage, { hog: ['child=64M', 'sleep=1000', 'exit=1'], limit: '32Mi' }, NEVER)
      await stage.until(POD, '.status.phase', 'Failed')
    },
  },
  {
    name: 'child-killed-main-exits-0',
    play: async (stage) => {
      await start(stage, { hog: ['child=64M', 'sleep=1000', 'exit=0'], limit: '32Mi' }, NEVER)
      await stage.until(POD, '.status.phase', 'Succeeded')
    },
  },
  {
    name: 'exec-killed',
    play: async (stage) => {
      await start(stage, { hog: ['stay'], limit: '32Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await stage.kubectl('exec', SUBJECT, '--', 'hog', 'anon=64M').catch(() => {})
    },
  },
  {
    name: 'pod-limit',
    play: async (stage) => {
      const { image } = stage
      const two = [
        container(image, { name: 'app', hog: ['sleep=20000', 'anon=60M', 'stay'] }),
        container(image, { name: 'proxy', hog: ['anon=10M', 'stay'] }),
      ]
      await stage.apply(pod(two, { resources: { limits: { memory: '64Mi' } } }))
      await stage.until(POD, `${FIRST}.restartCount`, '1')
      await sleep(MEASURED_MS)
    },
  },
  {
    // Two of three containers, one after the other, each at a limit of its own.
    name: 'two-killed',
    play: async (stage) => {
      const of = (name: string, hog: readonly string[], limit: string): object =>
        container(stage.image, { name, hog, limit })
      const three = [
        of('app', ['anon=64M'], '32Mi'),
        of('cache', ['sleep=4000', 'anon=96M'], '48Mi'),
        of('proxy', ['anon=4M', 'stay'], '32Mi'),
      ]
      await stage.apply(pod(three, NEVER))
      await stage.until(POD, '.status.containerStatuses[1].state.terminated.reason', 'OOMKilled')
    },
  },
  {
    name: 'init-killed',
    play: async (stage) => {
      const init = container(stage.image, { name: 'migrate', hog: ['anon=64M'], limit: '32Mi' })
      await start(stage, { hog: ['stay'] }, { initContainers: [init] })
      await stage.until(POD, '.status.initContainerStatuses[0].restartCount', '2')
    },
  },
  {
    name: 'sidecar-killed',
    play: async (stage) => {
      const more = { restartPolicy: 'Always' }
      const hog = ['sleep=3000', 'anon=64M']
      const sidecar = container(stage.image, { name: 'proxy', hog, limit: '32Mi', more })
      await start(stage, { hog: ['stay'] }, { initContainers: [sidecar] })
      await stage.until(POD, '.status.initContainerStatuses[0].restartCount', '2')
    },
  },
  {
    name: 'crash-loop',
    play: async (stage) => {
      await start(stage, { hog: ['anon=64M'], limit: '32Mi' })
      await stage.until(POD, `${FIRST}.restartCount`, '3')
      await stage.until(POD, `${FIRST}.state.waiting.reason`, 'CrashLoopBackOff')
    },
  },
  {
    name: 'liveness-kill',
    play: async (stage) => {
      const livenessProbe = {
        exec: { command: ['false'] },
        periodSeconds: 1,
        failureThreshold: 2,
        initialDelaySeconds: 3,
      }
      // The first process of a container ignores a signal that it does not handle.
      await start(stage, { shell: 'exec sleep 1000', limit: '32Mi', more: { livenessProbe } })
      await stage.until(POD, `${FIRST}.restartCount`, '1')
    },
  },
  {
    // A pod has a limit where all its containers have one; this one has none, so that its sandbox starts.
    name: 'killed-at-start',
    play: async (stage) => {
      const { image } = stage
      const roomy = container(image, { name: 'proxy', hog: ['stay'] })
      const tight = container(image, { hog: ['stay'], limit: '100Ki' })
      await stage.apply(pod([tight, roomy], NEVER))
      await stage.until(POD, `${FIRST}.state.terminated.reason`, 'StartError')
    },
  },
  {
    name: 'sandbox-killed-at-start',
    play: async (stage) => {
      await start(stage, { hog: ['stay'], limit: '100Ki' }, NEVER)
      await sleep(MEASURED_MS)
    },
  },
  {
    name: 'grace-period-kill',
    play: async (stage) => {
      await start(stage, { shell: 'exec sleep 1000', limit: '32Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      stage.watch()
      await stage.kubectl('delete', 'pod', SUBJECT)
    },
  },
  {
    name: 'deleted-after-kill',
    play: async (stage) => {
      await start(stage, { hog: ['anon=64M'], limit: '32Mi' }, NEVER)
      await stage.until(POD, '.status.phase', 'Failed')
      await stage.kubectl('delete', 'pod', SUBJECT)
    },
  },
  {
    name: 'resize-up',
    play: async (stage) => {
      await start(stage, { hog: ['anon=20M', 'stay'], limit: '32Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await stage.keep('pod-before.json', 'pod', SUBJECT)
      await resize(stage, '64Mi')
      await stage.until(POD, `${FIRST}.resources.limits.memory`, '64Mi')
    },
  },
  {
    name: 'resize-below-usage',
    play: async (stage) => {
      await start(stage, { hog: ['anon=40M', 'stay'], limit: '64Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await sleep(3_000)
      await resize(stage, '32Mi')
      await sleep(10_000)
    },
  },
  {
    name: 'resize-restarts',
    play: async (stage) => {
      const more = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }
      await start(stage, { hog: ['anon=20M', 'stay'], limit: '32Mi', more })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await resize(stage, '64Mi')
      await stage.until(POD, `${FIRST}.restartCount`, '1')
    },
  },
  {
    name: 'resize-infeasible',
    play: async (stage) => {
      await start(stage, { hog: ['anon=20M', 'stay'], limit: '32Mi' })
      await stage.until(POD, `${FIRST}.ready`, 'true')
      await resize(stage, '1Ti')
      await stage.until(
        POD,
        '.status.conditions[?(@.type=="PodResizePending")].reason',
        'Infeasible',
      )
    },
  },
]

async function start(stage: Stage, words: ContainerWords, spec: object = {}): Promise<void> {
  await stage.apply(pod([container(stage.image, words)], spec))
}

/** Its request, too: nothing that is set for a container may make its class of service another one. */
export async function resize(stage: Stage, memory: string): Promise<void> {
  const resources = { requests: { memory }, limits: { memory } }
  const patch = { spec: { containers: [{ name: 'app', resources }] } }
  await stage.kubectl('patch', 'pod', SUBJECT, '--subresource=resize', '-p', JSON.stringify(patch))
}
