import type { Observation } from '../../model/evidence.ts'
import type { MesosTaskUpdate } from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'

import { formatBytes } from '../../model/bytes.ts'
import { excerptOf } from '../../model/evidence.ts'
import { detached } from '../lines.ts'
import { readLimitMessage } from './limit-message.ts'
import { parseTaskId } from './task-id.ts'

/** A state from which a task does not come back by itself. */
export const ENDED = /^TASK_(?:FAILED|KILLED|FINISHED|ERROR|LOST|GONE|GONE_BY_OPERATOR|DROPPED)$/

/** What one line or object says about a task; the rest follows from it. */
export interface TaskWords {
  taskId: string | null
  state: string | null
  message: string
  containerId: string | null
  host: string | null
  startedAt?: Instant | null
}

export function taskUpdate(words: TaskWords): MesosTaskUpdate {
  return {
    kind: 'mesos-task',
    taskId: words.taskId,
    app: words.taskId === null ? null : (parseTaskId(words.taskId)?.app ?? null),
    state: words.state,
    reason: /\bREASON_[A-Z_]+\b/.exec(words.message)?.[0] ?? null,
    containerId: words.containerId,
    host: words.host,
    startedAt: words.startedAt ?? null,
    ...readEnd(words.message),
    ...readLimitMessage(words.message),
  }
}

/** What executors write: "Command exited with status 137", "Container terminated with signal Killed" (WSTRINGIFY of stout). */
const END =
  /\b(?:Command|Container) (?:exited with status (\d{1,3})|terminated with signal ([A-Z][\w ]{0,40}))/

/** As strsignal(3) names them. */
const SIGNALS: ReadonlyMap<string, number> = new Map([
  ['Hangup', 1],
  ['Interrupt', 2],
  ['Illegal instruction', 4],
  ['Aborted', 6],
  ['Bus error', 7],
  ['Floating point exception', 8],
  ['Killed', 9],
  ['Segmentation fault', 11],
  ['Terminated', 15],
])

function readEnd(message: string): Pick<MesosTaskUpdate, 'exitCode' | 'signal'> {
  const [, code, name] = END.exec(message.slice(0, 2_000)) ?? []
  const signal = [...SIGNALS].find(([known]) => name?.startsWith(known) === true)?.[1] ?? null
  return { exitCode: code === undefined ? null : Number(code), signal }
}

/** One sentence for people. */
export function describeTask(task: MesosTaskUpdate, message: string): string {
  const subject =
    task.taskId !== null
      ? `Task ${task.taskId}`
      : task.containerId !== null
        ? `Container ${task.containerId}`
        : 'A container'
  const state = task.state === null ? '' : ` is ${task.state}`
  if (!task.memoryLimitExceeded) {
    const why = message === '' ? '' : `: ${message.slice(0, 300)}`
    return `${subject}${state}${why}`
  }
  const limit = task.requestedBytes === null ? '' : ` of ${formatBytes(task.requestedBytes)}`
  const used = task.maxUsedBytes === null ? '' : `, most used ${formatBytes(task.maxUsedBytes)}`
  return `${subject}${state}: over its memory limit${limit}${used}`
}

export function observeTask(
  origin: Origin,
  source: 'marathon' | 'mesos',
  seen: { words: TaskWords; at: Instant | null; excerpt: string; line: number | null },
): Observation<MesosTaskUpdate> {
  const fact = taskUpdate(seen.words)
  return {
    source: origin.source ?? source,
    at: seen.at,
    says: describeTask(fact, seen.words.message),
    excerpt: detached(excerptOf(seen.excerpt)),
    from: seen.line === null ? origin.from : `${origin.from}:${seen.line}`,
    fact,
  }
}
