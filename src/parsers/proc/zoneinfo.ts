import { KIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { Origin, TextFormat } from '../format.ts'
import { linesOf } from '../lines.ts'
import { observation } from '../observe.ts'
import { hostState } from './host-state.ts'

/**
 * /proc/zoneinfo: the free pages that each CPU keeps at hand. They are free, and /proc/meminfo counts them neither as free nor
 * as used (mm/vmstat.c, zoneinfo_show_print).
 */
export const zoneinfoFormat: TextFormat = {
  id: 'zoneinfo',
  recognise: (head) => /^Node \d+, zone +\w+\n/.test(head),
  parse,
}

/** A name of ours: /proc/vmstat has none for them. */
export const CPU_FREE_PAGES = 'pcp_free_pages'

function parse(text: string, origin: Origin): Observation[] {
  let pages: number | null = null
  // Machines of many CPUs and nodes print some 1 MiB.
  for (const { text: line } of linesOf(text.slice(0, 4 * KIB * KIB))) {
    const count = /^ +count: +(\d{1,12})$/.exec(line)?.[1]
    if (count !== undefined) pages = (pages ?? 0) + Number(count)
  }
  if (pages === null) return []
  return [
    observation(origin, {
      source: 'proc',
      says: `${pages} free pages are kept by the CPUs`,
      excerpt: `${CPU_FREE_PAGES} ${pages}`,
      fact: hostState({ vmstat: new Map([[CPU_FREE_PAGES, pages]]) }),
    }),
  ]
}
