import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { TextFormat } from '../format.ts'
import { field, isRecord, listField, numberField, textField, writeJson } from '../json-fields.ts'
import { parseRecord } from '../json-fields.ts'
import { possibleInstant } from '../instant.ts'
import { ENDED, observeTask } from './task-update.ts'

const MAX_TASKS = 5_000
const MAX_EACH = 1_000

/** What Mesos keeps of its tasks: `/tasks` of a master, `/state` of an agent or a master. Why they ended it does not keep. */
export const mesosTasks: TextFormat = {
  id: 'mesos-tasks',
  recognise(head) {
    if (!/^\s*\{/.test(head)) return false
    return (
      /"pid"\s*:\s*"(?:slave|master)/.test(head) ||
      /"completed_executors"\s*:/.test(head) ||
      (/"framework_id"\s*:/.test(head) && /"statuses"\s*:/.test(head))
    )
  },

  parse(text, origin) {
    const root = parseRecord(text)
    const host = textField(root, 'hostname')
    return tasksIn(root).flatMap(({ task, containerId }): Observation[] => {
      const taskId = textField(task, 'id')
      const state = textField(task, 'state')
      if (taskId === null || state === null) return []
      const run = runOf(task)
      if (run.endedAt === null && state !== 'TASK_RUNNING') return []
      const words = { taskId, state, message: '', containerId, host, startedAt: run.startedAt }
      const seen = { words, at: run.endedAt, line: null, excerpt: excerptOf(task) }
      return [observeTask(origin, 'mesos', seen)]
    })
  },
}

interface FoundTask {
  task: unknown
  /** Of its executor; a master does not know it. */
  containerId: string | null
}

/** An executor of an agent, with its sandbox. */
export interface MesosExecutor {
  /** A command or Docker executor has the name of its task. */
  id: string
  containerId: string | null
  directory: string | null
}

/** The executors in `/state` of an agent, those that have ended among them. */
export function executorsIn(text: string): MesosExecutor[] {
  return executorObjects(parseRecord(text)).flatMap((executor) => {
    const id = textField(executor, 'id')
    return id === null
      ? []
      : [
          {
            id,
            containerId: textField(executor, 'container'),
            directory: textField(executor, 'directory'),
          },
        ]
  })
}

/**
 * Whether the agent of a `/state` has the kernel enforce `mem`; null where it does not tell. Its `posix/mem` counts memory and
 * limits nothing.
 */
export function enforcesMemory(text: string): boolean | null {
  const isolation = textField(parseRecord(text), 'flags', 'isolation')
  return isolation === null
    ? null
    : isolation.split(',').some((name) => /^cgroups\/(?:mem|all)$/.test(name.trim()))
}

function executorObjects(root: unknown): unknown[] {
  return listsOf(frameworksOf(root), ['executors', 'completed_executors'])
}

function frameworksOf(root: unknown): unknown[] {
  return listsOf([root], ['frameworks', 'completed_frameworks'])
}

function tasksIn(root: unknown): FoundTask[] {
  const own = executorObjects(root).flatMap((executor) =>
    listsOf([executor], TASKS).map((task) => ({
      task,
      containerId: textField(executor, 'container'),
    })),
  )
  const others = listsOf([root, ...frameworksOf(root)], TASKS)
  return [...own, ...others.map((task) => ({ task, containerId: null }))].slice(0, MAX_TASKS)
}

const TASKS = ['tasks', 'completed_tasks'] as const

function listsOf(objects: readonly unknown[], keys: readonly string[]): unknown[] {
  return objects.flatMap((object) => keys.flatMap((key) => listField(object, MAX_EACH, key)))
}

/** The newest states that the task was in; times are Unix seconds. */
function runOf(task: unknown): { startedAt: Instant | null; endedAt: Instant | null } {
  const statuses = listField(task, 100, 'statuses')
  const first = (isMeant: (state: string) => boolean): Instant | null => {
    const status = statuses.find((one) => isMeant(textField(one, 'state') ?? ''))
    const seconds = numberField(status, 'timestamp')
    return seconds === null ? null : possibleInstant(seconds * 1_000)
  }
  return {
    startedAt:
      first((state) => state === 'TASK_RUNNING') ?? first((state) => state === 'TASK_STARTING'),
    endedAt: first((state) => ENDED.test(state)),
  }
}

function excerptOf(task: unknown): string {
  const statuses = listField(task, 10, 'statuses').map((status) =>
    isRecord(status) ? { state: status['state'], timestamp: status['timestamp'] } : null,
  )
  return writeJson({ id: field(task, 'id'), state: field(task, 'state'), statuses })
}
