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
    ...readLimitMessage(words.message),
  }
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
