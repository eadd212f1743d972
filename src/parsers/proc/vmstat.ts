import type { Observation } from '../../model/evidence.ts'
import { keyedCounters } from '../cgroup/values.ts'
import type { Origin, TextFormat } from '../format.ts'
import { baseName } from '../lines.ts'
import { observation } from '../observe.ts'
import { hostState } from './host-state.ts'

/** /proc/vmstat, whole or some lines of it. A cgroup's memory.stat shares names with it, so a part is told by its file name. */
export const vmstatFormat: TextFormat = {
  id: 'vmstat',
  recognise: (head, path) =>
    /^nr_free_pages \d+\n/.test(head) ||
    (/^vmstat(?:[.-].*)?$/.test(baseName(path)) && /^\w+ \d+\n/.test(head)),
  parse,
}

function parse(text: string, origin: Origin): Observation[] {
  const vmstat = keyedCounters(text)
  if (vmstat.size === 0) return []
  const kills = vmstat.get('oom_kill')
  const says = `counters of the machine's memory${kills === undefined ? '' : `: OOM kills since boot: ${kills}`}`
  const told = text.match(
    /^(?:oom_kill|pgmajfault|pswpin|pswpout|nr_dirty|workingset_refault_\w+) \d+$/gm,
  )
  const excerpt = told === null ? text : told.join('\n')
  return [observation(origin, { source: 'proc', says, excerpt, fact: hostState({ vmstat }) })]
}
