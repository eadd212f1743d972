/** Where a scene is played: a namespace of the cluster, and a folder for what is seen of it. */
import { spawn } from 'node:child_process'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { podImage } from '../../../test/support/cluster.ts'
import type { TestCluster } from '../../../test/support/cluster.ts'
import { kubernetesProgram } from '../../kubernetes/programs.ts'
import { must } from '../../lib/exec.ts'
import { cadvisorOf, eventsOf, podUids, statsOf } from './cut.ts'
import { hostNotes, kernelLog, reportsOf } from './kernel-log.ts'
import { SUBJECT } from './scene.ts'

export interface Stage {
  cluster: TestCluster
  namespace: string
  image: string
  apply(object: object): Promise<void>
  /** Runs kubectl in the namespace of the scene. */
  kubectl(...args: string[]): Promise<string>
  /** Waits until the place of an object holds a value: `until('pod/web', '.status.phase', 'Failed')`. */
  until(object: string, place: string, value: string): Promise<void>
  /** Writes an object down as it is now. */
  keep(file: string, ...object: string[]): Promise<void>
  /** Writes down what the kubelet measures now. */
  keepFigures(): Promise<void>
  /** Writes down each state of the subject from now on, one after the other, to the end of the scene. */
  watch(): void
  /** Writes down what stands there at the end. */
  finish(): Promise<void>
  /** Makes room for others. */
  close(): Promise<void>
}

/** Events and figures are there some seconds after what they tell of. */
const SETTLED_MS = 3_000

export async function openStage(
  cluster: TestCluster,
  namespace: string,
  folder: string,
): Promise<Stage> {
  const began = new Date()
  const kubeletLog = join(cluster.folder, 'kubelet.log')
  const kubeletFrom = readFileSync(kubeletLog, 'utf8').length
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    KUBECACHEDIR: join(cluster.folder, 'kubectl'),
  }
  const program = kubernetesProgram('kubectl')
  const kubectl = (...args: string[]): Promise<string> =>
    must(program, [`--namespace=${namespace}`, ...args], { env, timeoutMs: 120_000 })
  const write = (file: string, text: string): void => {
    if (text !== '') writeFileSync(join(folder, file), text)
  }
  let stopWatching = (): void => {}
  let keptFigures = false
  const stage: Stage = {
    cluster,
    namespace,
    image: podImage(),
    kubectl,
    apply: async (object) => {
      const file = join(cluster.folder, `${namespace}.json`)
      writeFileSync(file, JSON.stringify(object))
      await kubectl('apply', '--filename', file)
    },
    until: async (object, place, value) => {
      await kubectl('wait', `--for=jsonpath={${place}}=${value}`, object, '--timeout=90s')
    },
    keep: async (file, ...object) => write(file, await kubectl('get', ...object, '-o', 'json')),
    keepFigures: async () => {
      keptFigures = true
      const proxy = `/api/v1/nodes/${cluster.nodeName}/proxy`
      write(
        'stats-summary.json',
        statsOf(await kubectl('get', '--raw', `${proxy}/stats/summary`), namespace),
      )
      write(
        'cadvisor.txt',
        cadvisorOf(await kubectl('get', '--raw', `${proxy}/metrics/cadvisor`), namespace),
      )
    },
    watch: () => {
      const states = createWriteStream(join(folder, 'pod-states.json'))
      const args = ['get', 'pod', SUBJECT, '--watch', '--output-watch-events', '-o', 'json']
      const child = spawn(program, [`--namespace=${namespace}`, ...args], { env })
      child.stdout.pipe(states)
      stopWatching = () => void child.kill('SIGTERM')
    },
    finish: async () => {
      await sleep(SETTLED_MS)
      if (await isThere(kubectl)) {
        await stage.keep('pod.json', 'pod', SUBJECT)
        write('describe-pod.txt', await kubectl('describe', 'pod', SUBJECT))
      }
      if (!keptFigures) await stage.keepFigures()
      await stage.keep('node.json', 'node', cluster.nodeName)
      const all = await kubectl('get', 'events', '--all-namespaces', '-o', 'json')
      const events = eventsOf(all, namespace, began)
      write('events.json', `${JSON.stringify(events, null, 2)}\n`)
      write('host.txt', hostNotes())
      write('kmsg.txt', reportsOf(kernelLog(), podUids(events)))
      write('kubelet.log', linesOf(readFileSync(kubeletLog, 'utf8').slice(kubeletFrom), namespace))
    },
    close: async () => {
      stopWatching()
      // Pods that are still on their way out have memory that others would have to share.
      await kubectl('delete', 'namespace', namespace, '--timeout=60s')
    },
  }
  await kubectl('create', 'namespace', namespace)
  await untilThereIsAnAccount(kubectl)
  return stage
}

async function isThere(kubectl: Stage['kubectl']): Promise<boolean> {
  return (await kubectl('get', 'pod', SUBJECT, '--ignore-not-found')) !== ''
}

async function untilThereIsAnAccount(kubectl: Stage['kubectl']): Promise<void> {
  await kubectl('wait', '--for=create', 'serviceaccount/default', '--timeout=30s')
}

function linesOf(log: string, namespace: string): string {
  return log
    .split('\n')
    .filter(
      (line) =>
        line.includes(`${namespace}/`) || /eviction_manager|oom_watcher|preempt/i.test(line),
    )
    .map((line) => `${line}\n`)
    .join('')
}
