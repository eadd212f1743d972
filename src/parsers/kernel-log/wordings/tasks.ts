import type { Wording } from '../wording.ts'

/** "Tasks state (memory values in pages):", 5.0 and newer. */
export const tasksBegin: Wording = {
  id: 'tasks-begin',
  needle: 'Tasks state (',
  read(text) {
    return text.startsWith('Tasks state (') ? { said: 'tasks-begin' } : null
  },
}

/** "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name": dump_tasks(). */
export const tableHeader: Wording = {
  id: 'table-header',
  needle: ' pid ',
  read(text) {
    const match = /^\[ +pid +\]((?: +\w+)+)\s*$/.exec(text)
    if (match === null) return null
    const columns = (match[1] ?? '').trim().split(/ +/)
    return columns.at(-1) === 'name' ? { said: 'table-header', columns } : null
  },
}
