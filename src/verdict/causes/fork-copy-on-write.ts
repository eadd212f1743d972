import type { CauseFinding, CauseRule } from '../cause-rule.ts'
import { formatBytes } from '../../model/bytes.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import { reportOf, type Incident } from '../incident.ts'
import { residentBytes } from '../usage.ts'

/** A forked child shares its parent's pages until one of them writes: Redis' BGSAVE, prefork servers. */
export const forkCopyOnWrite: CauseRule = { code: 'fork-copy-on-write', find }

const SNAPSHOTTERS = /^redis|^valkey|^keydb/

function find(incident: Incident): CauseFinding | null {
  const hint = incident.hints.findLast(({ fact }) => fact.hint === 'fork-snapshot')
  const report = reportOf(incident)
  const pair = report === null ? null : twins(report.fact.processes)
  if (report === null || (pair === null && hint === undefined)) return null
  if (pair === null && hint !== undefined) {
    return {
      confidence: 'possible',
      summary:
        'The log shows a snapshot started by fork before the end; parent and child copy every page that is written meanwhile.',
      because: [hint],
    }
  }
  if (pair === null) return null
  const snapshot = hint !== undefined || SNAPSHOTTERS.test(pair.name)
  if (!snapshot) return null
  return {
    confidence: 'likely',
    summary: `Two ${pair.name} processes hold ${formatBytes(residentBytes(pair.parent))} and ${formatBytes(residentBytes(pair.child))}: a fork copies every page written while the child lives, up to twice the memory.`,
    because: [report, ...(hint === undefined ? [] : [hint])],
  }
}

function twins(
  tasks: readonly ProcessMemory[],
): { name: string; parent: ProcessMemory; child: ProcessMemory } | null {
  for (const parent of tasks) {
    const child = tasks.find(
      (task) =>
        task.pid !== parent.pid &&
        task.name === parent.name &&
        residentBytes(task) <= residentBytes(parent) &&
        residentBytes(task) > 0.3 * residentBytes(parent) &&
        residentBytes(parent) > 8 * 1024 * 1024,
    )
    if (child !== undefined) return { name: parent.name, parent, child }
  }
  return null
}
