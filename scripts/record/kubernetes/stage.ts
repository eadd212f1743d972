/** Where a scene is played: a namespace of the cluster, and a folder for what is seen of it. */
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { podImage } from '../../../test/support/cluster/images.ts'
import { kubernetesProgram } from '../../kubernetes/programs.ts'
import { must } from '../../lib/exec.ts'
import { cadvisorOf, eventsOf, podUids, statsOf } from './cut.ts'
import { reportsOf } from './kernel-log.ts'
import type { Played } from './node-view.ts'
import { SUBJECT } from './scene.ts'
import type { Stage } from './scene.ts'

/** Events and figures are there some seconds after what they tell of. */
const SETTLED_MS = 3_000

export async function openStage(
  cluster: Played,
  namespace: string,
  folder: string,
): Promise<Stage> {
  const began = new Date()
  const kubeletFrom = cluster.node.kubeletLog().length
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    KUBECACHEDIR: join(cluster.folder, 'kubectl'),
  }
  const program = kubernetesProgram('kubectl')
  const kubectl = (...args: string[]): Promise<string> =>
    must(program, [`--namespace=${namespace}`, ...args], { env, timeoutMs: 240_000 })
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
      await kubectl('wait', `--for=jsonpath={${place}}=${value}`, object, '--timeout=180s')
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
    keepGroups: async () => {
      const pod = await kubectl('get', 'pod', SUBJECT, '-o', 'json')
      for (const { name, files } of await cluster.node.groupsOf(pod)) {
        mkdirSync(join(folder, 'groups', name), { recursive: true })
        for (const [file, text] of Object.entries(files)) write(join('groups', name, file), text)
      }
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
      write('host.txt', await cluster.node.notes())
      write('kmsg.txt', reportsOf(await cluster.node.kernelLog(), podUids(events)))
      write('kubelet.log', linesOf(cluster.node.kubeletLog().slice(kubeletFrom), namespace))
      for (const [file, text] of Object.entries(await cluster.node.more(kubectl))) write(file, text)
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
