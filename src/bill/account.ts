import type { BillItem, BillPart } from '../model/bill.ts'
import type { CaseBill } from '../model/case.ts'
import type { CgroupState, ProcessState } from '../model/facts.ts'
import type { ProcessMemory } from '../model/memory.ts'
import { reportOf } from '../verdict/incident.ts'
import type { Incident } from '../verdict/incident.ts'
import { figuresOfGroup, figuresOfReport } from './figures.ts'
import type { GroupFigures } from './figures.ts'
import { itemsOfGroup, unreclaimableBytes } from './group-items.ts'
import { part, sumOf } from './items.ts'
import type { ProcessTotals } from './items.ts'
import { sumKnown, totalsOf } from './processes.ts'

/** What is charged, and what it consists of. */
export interface Account {
  chargeBytes: number
  chargeSource: string
  items: BillItem[]
  beside: BillPart[]
  unattributedBytes: number
}

/** Where the memory was in an incident: by the kernel's report of it, else by the files of the living group. */
export function accountOfIncident(incident: Incident): CaseBill | null {
  const report = reportOf(incident)
  const dead = report === null ? null : figuresOfReport(report.fact)
  if (report !== null && dead !== null) {
    return inCase('kill', dead, accountOfDead(dead, report.fact.processes))
  }
  const group = incident.ending === null ? incident.groups.own : null
  const living = group === null ? null : figuresOfGroup(group.fact)
  if (report !== null || group === null || living === null) return null
  const processes = incident.processes.map(({ fact }) => fact)
  return inCase('now', living, accountOfLiving(group.fact, living, processes))
}

function inCase(moment: CaseBill['moment'], figures: GroupFigures, account: Account): CaseBill {
  return {
    moment,
    path: figures.path,
    cgroupVersion: figures.version,
    chargeBytes: account.chargeBytes,
    chargeSource: account.chargeSource,
    limitBytes: figures.limitBytes,
    items: account.items,
    unattributedBytes: account.unattributedBytes,
    unreclaimableBytes: unreclaimableBytes(account.items),
    beside: account.beside,
  }
}

export function accountOfLiving(
  group: CgroupState,
  figures: GroupFigures,
  processes: readonly ProcessState[],
): Account {
  const hugetlb =
    group.hugetlbUsageBytes ?? sumKnown(processes.map(({ hugetlbBytes }) => hugetlbBytes))
  return accountOfGroup(figures, totalsOf(processes), hugetlb)
}

export function accountOfDead(figures: GroupFigures, tasks: readonly ProcessMemory[]): Account {
  const totals = totalsOf(tasks.map((task) => ({ ...task, threads: null })))
  return accountOfGroup(figures, totals, null)
}

function accountOfGroup(
  figures: GroupFigures,
  totals: ProcessTotals,
  hugetlbBytes: number | null,
): Account {
  const items = itemsOfGroup(figures, totals)
  const { chargeBytes, chargeSource, version } = figures
  const swapSource = version === 1 ? 'memory.stat total_swap' : 'memory.swap.current'
  return {
    chargeBytes,
    chargeSource,
    items,
    beside: [
      ...part('swapped out', figures.swapBytes, swapSource),
      ...part('buffers of TCP sockets', figures.tcpBytes, 'memory.kmem.tcp.usage_in_bytes'),
      ...part('huge pages of hugetlbfs', hugetlbBytes, 'hugetlb.*.current, else smaps_rollup'),
    ],
    unattributedBytes: chargeBytes - sumOf(items),
  }
}
