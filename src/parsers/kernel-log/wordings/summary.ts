import { LONGEST_NAME } from '../line.ts'
import type { Summary, Wording } from '../wording.ts'

const CONSTRAINT = /^oom-kill:constraint=(\w+)(?=,)/
const CPUSET = /,cpuset=([^]*?),mems_allowed=/
const END = /,pid=(\d{1,10})(?:,uid=(-?\d{1,10})\s*$|,)/
const PID_AND_UID = /,pid=(\d{1,10}),uid=(-?\d{1,10})\s*$/

/**
 * "oom-kill:constraint=CONSTRAINT_MEMCG,…,task=tail,pid=289,uid=0": dump_oom_summary(), 5.0 and newer.
 * Names are not escaped and may hold commas and "pid=": they are read from the right end.
 */
export const summary: Wording = {
  id: 'summary',
  needle: 'oom-kill:',
  read(text) {
    if (!text.startsWith('oom-kill:constraint=')) return null
    return { said: 'summary', summary: readSummary(text) }
  },
}

function readSummary(text: string): Summary {
  const constraint = CONSTRAINT.exec(text)?.[1] ?? null
  const cpuset = CPUSET.exec(text)?.[1] ?? null
  const end = PID_AND_UID.exec(text)
  const upToTask = end === null ? text : text.slice(0, end.index)
  const taskAt = taskStart(upToTask, end !== null)
  const groups = taskAt < 0 ? upToTask : upToTask.slice(0, taskAt)
  const taskMemcgAt = groups.indexOf(',task_memcg=')
  const oomMemcgAt = groups.indexOf(',oom_memcg=')
  return {
    constraint,
    cpuset,
    globalOom: /,global_oom(?:,|$)/.test(taskMemcgAt < 0 ? groups : groups.slice(0, taskMemcgAt)),
    // A path is whole only where the next field follows it.
    oomMemcg:
      oomMemcgAt < 0 || taskMemcgAt < oomMemcgAt
        ? null
        : groups.slice(oomMemcgAt + ',oom_memcg='.length, taskMemcgAt),
    taskMemcg:
      taskMemcgAt < 0 || taskAt < 0 ? null : groups.slice(taskMemcgAt + ',task_memcg='.length),
    ...readTask(text, end, taskAt),
  }
}

function readTask(
  text: string,
  end: RegExpExecArray | null,
  taskAt: number,
): Pick<Summary, 'task' | 'pid' | 'uid'> {
  if (taskAt < 0) return { task: null, pid: null, uid: null }
  const nameAt = taskAt + ',task='.length
  if (end !== null) {
    return { task: text.slice(nameAt, end.index), pid: Number(end[1]), uid: Number(end[2]) }
  }
  const cut = END.exec(text.slice(nameAt))
  if (cut === null) return { task: null, pid: null, uid: null }
  return { task: text.slice(nameAt, nameAt + cut.index), pid: Number(cut[1]), uid: null }
}

/** The first ",task=" after which only a name can stand. */
function taskStart(text: string, whole: boolean): number {
  const first = text.indexOf(',task=')
  if (!whole) return first
  let at = first
  while (at >= 0 && text.length - at - ',task='.length > LONGEST_NAME) {
    const next = text.indexOf(',task=', at + 1)
    if (next < 0) return at
    at = next
  }
  return at
}
