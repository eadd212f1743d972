import type { Wording } from '../wording.ts'

const TASK_IN = /^Task in ([^]*?) killed as a result of limit of ([^]*)/
const TASK_IN_CUT = /^Task in ([^]*?) killed as a result of limit of\s*$/

/** "Task in /a/b killed as a result of limit of /a": mem_cgroup_print_oom_info() up to 4.18. */
export const taskIn: Wording = {
  id: 'task-in',
  needle: ' killed as a result of limit of',
  read(text) {
    const cut = TASK_IN_CUT.exec(text)
    if (cut !== null) return { said: 'task-in', taskMemcg: cut[1] ?? null, oomMemcg: null }
    const match = TASK_IN.exec(text)
    if (match === null) return null
    return { said: 'task-in', taskMemcg: match[1] ?? null, oomMemcg: match[2]?.trimEnd() ?? null }
  },
}
