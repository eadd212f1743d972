import type { Container, Probe, Word, Workload } from '../workload.ts'
import { limitAbove, marathonEnvironment, mebibytes } from './marathon-parts.ts'
import { at, itemsAt, keyAt, scalarAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import { commandWords, shellWords, wordsOf } from './words.ts'

/** A pod of Marathon: containers that live and die together, each with a limit of its own. */
export function podOf(pod: Mapping): Workload {
  const workload: Workload = {
    platform: 'marathon',
    kind: 'pod',
    name: scalarAt(pod, 'id')?.text ?? '',
    namespace: '',
    place: keyAt(pod, 'id') ?? pod.place,
    root: pod,
    spec: null,
    containers: [],
  }
  for (const item of itemsAt(pod, 'containers')) {
    if (item.kind === 'mapping') workload.containers.push(containerOf(item, pod, workload))
  }
  return workload
}

function containerOf(item: Mapping, pod: Mapping, workload: Workload): Container {
  const request = mebibytes(at(item, 'resources', 'mem'))
  const limit = limitAbove(item, request)
  const name = scalarAt(item, 'name')
  const image = scalarAt(item, 'image', 'id')
  const command = commandOf(at(item, 'exec', 'command'))
  return {
    workload,
    name: name?.text ?? '',
    place: name?.place ?? item.place,
    isWhole: request !== null,
    role: 'main',
    image: image === null ? null : { text: image.text, place: image.place },
    limit,
    request,
    effectiveLimit: limit,
    reservation: null,
    memorySwap: null,
    sharedMemory: mebibytes(at(item, 'linuxInfo', 'ipcInfo', 'shmSize')),
    // Its volumes lie on the disk of the agent.
    memoryMounts: [],
    options: new Map(),
    environment: new Map([
      ...marathonEnvironment(pod, 'environment'),
      ...marathonEnvironment(item, 'environment'),
    ]),
    environmentIsWhole: true,
    words: command,
    namesProgram: command.length > 0,
    probes: probesOf(item),
    root: null,
  }
}

/** `{"shell": "…"}` or `{"argv": […]}`. */
function commandOf(command: Value | null): Word[] {
  const shell = scalarAt(command, 'shell')
  if (shell !== null) return shellWords({ text: shell.text, place: shell.place })
  return commandWords(wordsOf(itemsAt(command, 'argv')))
}

function probesOf(item: Mapping): Probe[] {
  const words = commandOf(at(item, 'healthCheck', 'exec', 'command'))
  const place = words[0]?.place
  return place === undefined ? [] : [{ isCheck: true, words, place }]
}
