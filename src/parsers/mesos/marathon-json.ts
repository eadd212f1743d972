import type { Observation } from '../../model/evidence.ts'
import type { MarathonApp, MarathonLaunch } from '../../model/cluster.ts'
import type { Origin, TextFormat } from '../format.ts'

import { formatBytes, MIB, NO_LIMIT_BYTES } from '../../model/bytes.ts'
import { excerptOf } from '../../model/evidence.ts'
import {
  booleanField,
  field,
  instantField,
  isRecord,
  listField,
  numberField,
  textField,
  writeJson,
} from '../json-fields.ts'
import { ENDED, observeTask } from './task-update.ts'

const MAX_APPS = 5_000
const MAX_GROUP_DEPTH = 50

/** App and task objects of Marathon's API (`/v2/apps`, `/v2/groups`, `/v2/tasks`), and app definitions on disk. */
export const marathonJson: TextFormat = {
  id: 'marathon-json',

  recognise(head) {
    if (!/^\s*[[{]/.test(head)) return false
    const isApp =
      /"id"\s*:\s*"/.test(head) &&
      /"mem"\s*:\s*[\d.]/.test(head) &&
      /"(?:instances|cmd|cpus)"\s*:/.test(head) &&
      !/"(?:framework_id|completed_frameworks)"\s*:/.test(head)
    return isApp || (/"appId"\s*:\s*"\//.test(head) && /"slaveId"\s*:/.test(head))
  },

  parse(text, origin) {
    const observations: Observation[] = []
    for (const app of findObjects(parseJson(text))) {
      observations.push(
        ...readLaunch(app, origin),
        ...readApp(app, origin),
        ...readTask(app, origin),
      )
    }
    return observations
  },
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Apps and tasks under the wrappers of the API, in groups too. */
function findObjects(root: unknown): unknown[] {
  const found: unknown[] = []
  let level: unknown[] = Array.isArray(root) ? root.slice(0, MAX_APPS) : [root]
  for (let depth = 0; depth < MAX_GROUP_DEPTH && level.length > 0; depth++) {
    const next: unknown[] = []
    for (const object of level) {
      if (!isRecord(object) || found.length >= MAX_APPS) continue
      found.push(object)
      if (isRecord(object['app'])) next.push(object['app'])
      for (const key of ['apps', 'groups', 'tasks', 'queue'])
        next.push(...listField(object, MAX_APPS, key))
    }
    level = next
  }
  return found
}

function readApp(object: unknown, origin: Origin): Observation[] {
  const id = textField(object, 'id')
  const memoryBytes = bytesAt(object, 'mem')
  if (id === null || memoryBytes === null) return []
  const failure = field(object, 'lastTaskFailure')
  const cmd = textField(object, 'cmd')
  const fact: MarathonApp = {
    kind: 'marathon-app',
    app: id.startsWith('/') ? id : `/${id}`,
    memoryBytes,
    instances: numberField(object, 'instances'),
    command:
      cmd === null
        ? listField(object, 500, 'args').filter((word) => typeof word === 'string')
        : [cmd],
    env: envOf(object),
    image: textField(object, 'container', 'docker', 'image'),
    containerizer: containerizerOf(object),
    executorBytes: executorOf(object),
    burst: burstOf(object),
    cpus: numberField(object, 'cpus'),
    backoff: backoffOf(object),
    lastTaskFailure: isRecord(failure)
      ? {
          taskId: textField(failure, 'taskId'),
          host: textField(failure, 'host'),
          message: textField(failure, 'message'),
          at: instantField(failure, 'timestamp'),
        }
      : null,
  }
  const app: Observation<MarathonApp> = {
    source: origin.source ?? 'marathon',
    at: origin.readAt,
    says: describeApp(fact),
    excerpt: excerptOf(
      writeJson({
        id,
        mem: field(object, 'mem'),
        instances: fact.instances,
        lastTaskFailure: failure,
      }),
    ),
    from: origin.from,
    fact,
  }
  return fact.lastTaskFailure === null ? [app] : [app, readFailure(failure, origin)]
}

/** Without a container block Marathon leaves the task to the Mesos containerizer. */
function containerizerOf(object: unknown): MarathonApp['containerizer'] {
  const type = textField(object, 'container', 'type')
  if (type === 'DOCKER') return 'docker'
  return type === 'MESOS' || field(object, 'container') === null ? 'mesos' : null
}

const MAX_VARIABLES = 1_000

/** A value is text, or names a secret of the cluster. */
/** Marathon writes sizes in MiB, with a fraction or without. Null for what no machine has. */
function bytesAt(object: unknown, ...path: readonly string[]): number | null {
  const mib = numberField(object, ...path)
  const bytes = mib === null ? -1 : mib * MIB
  return bytes >= 0 && bytes < NO_LIMIT_BYTES ? bytes : null
}

function envOf(object: unknown): string[] {
  const env = field(object, 'env')
  if (!isRecord(env)) return []
  return Object.entries(env)
    .slice(0, MAX_VARIABLES)
    .flatMap(([name, value]) => (typeof value === 'string' ? [`${name}=${value}`] : []))
}

/** DEFAULT_EXECUTOR_MEM of Mesos (src/slave/constants.hpp), which is also what Marathon gives a custom executor. */
const EXECUTOR_MIB = 32

/** The Docker containerizer gives Docker the task's memory alone; the other one runs the executor inside (slave.cpp). */
function executorOf(object: unknown): number | null {
  const containerizer = containerizerOf(object)
  if (containerizer === 'docker') return 0
  return containerizer === null
    ? null
    : (bytesAt(object, 'executorResources', 'mem') ?? EXECUTOR_MIB * MIB)
}

function burstOf(object: unknown): MarathonApp['burst'] {
  if (textField(object, 'resourceLimits', 'mem') === 'unlimited') return 'unlimited'
  const bytes = bytesAt(object, 'resourceLimits', 'mem')
  return bytes === null ? null : { bytes }
}

function backoffOf(object: unknown): MarathonApp['backoff'] {
  const seconds = numberField(object, 'backoffSeconds')
  const factor = numberField(object, 'backoffFactor')
  const mostSeconds = numberField(object, 'maxLaunchDelaySeconds')
  return seconds === null || factor === null || mostSeconds === null
    ? null
    : { seconds, factor, mostSeconds }
}

function describeApp(app: MarathonApp): string {
  const memory = app.memoryBytes === null ? 'unknown memory' : formatBytes(app.memoryBytes)
  const failure = app.lastTaskFailure?.message?.split('\n')[0]
  const last = failure ? `; its last task failed: ${failure.slice(0, 200)}` : ''
  return `Marathon app ${app.app} asks for ${memory} for each instance${last}`
}

function readFailure(failure: unknown, origin: Origin): Observation {
  return observeTask(origin, 'marathon', {
    words: {
      taskId: textField(failure, 'taskId'),
      state: textField(failure, 'state'),
      message: textField(failure, 'message') ?? '',
      containerId: null,
      host: textField(failure, 'host'),
    },
    at: instantField(failure, 'timestamp'),
    excerpt: writeJson(failure),
    line: null,
  })
}

/** An entry of `/v2/queue`. */
function readLaunch(object: unknown, origin: Origin): Observation[] {
  const app = textField(object, 'app', 'id')
  if (app === null || !isRecord(field(object, 'delay'))) return []
  const fact: MarathonLaunch = {
    kind: 'marathon-launch',
    app,
    count: numberField(object, 'count'),
    delaySeconds: numberField(object, 'delay', 'timeLeftSeconds'),
    overdue: booleanField(object, 'delay', 'overdue'),
  }
  const launch: Observation<MarathonLaunch> = {
    source: origin.source ?? 'marathon',
    at: origin.readAt,
    says: describeLaunch(fact),
    excerpt: excerptOf(writeJson({ count: fact.count, delay: field(object, 'delay') })),
    from: origin.from,
    fact,
  }
  return [launch]
}

function describeLaunch({ app, count, delaySeconds, overdue }: MarathonLaunch): string {
  const wait =
    overdue === true || delaySeconds === null || delaySeconds <= 0
      ? 'for an offer that fits'
      : `${delaySeconds} s more, because its tasks failed`
  return `The launch of ${count ?? 'some'} more of ${app} is to wait ${wait}`
}

/** A task of `/v2/tasks` that runs or has ended. */
function readTask(object: unknown, origin: Origin): Observation[] {
  const taskId = textField(object, 'id')
  const state = textField(object, 'state')
  if (taskId === null || state === null || textField(object, 'appId') === null) return []
  if (state !== 'TASK_RUNNING' && !ENDED.test(state)) return []
  const host = textField(object, 'host')
  const startedAt = instantField(object, 'startedAt')
  return [
    observeTask(origin, 'marathon', {
      words: { taskId, state, message: '', containerId: null, host, startedAt },
      at: null,
      excerpt: writeJson({ id: taskId, state, host, startedAt: field(object, 'startedAt') }),
      line: null,
    }),
  ]
}
