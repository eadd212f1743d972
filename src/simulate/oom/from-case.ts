import type { Case } from '../../model/case.ts'
import type { ProcessMemory } from '../../model/memory.ts'
import { badness } from '../../parsers/kernel-log/badness.ts'
import { type OomEvidence, USUAL_PAGE_BYTES } from './evidence.ts'
import { badnessInputs } from './pages.ts'
import { rulesOf } from './rules.ts'

/**
 * The setting of a stored case, from the kernel's table of processes that it carries. A case tells the limit, and not the
 * swap that counts with it: the recorded scores do.
 *
 * @returns null where the case has no table
 */
export function evidenceOfCase(found: Case): OomEvidence | null {
  if (found.processes.length === 0) return null
  const isHost = found.binding.scope === 'host' || found.binding.scope === 'numa'
  const totalPages = totalPagesOf(found.processes, found.binding.limitBytes)
  return {
    setting: {
      scope: isHost ? 'host' : 'memory-group',
      candidates: found.processes.map(({ badness: _, ...process }) => ({
        ...process,
        parentPid: null,
        cgroup: isHost ? null : found.binding.path,
        exempt: null,
      })),
      scale: {
        totalPages,
        atLeastPages: Math.floor((found.binding.limitBytes ?? 0) / USUAL_PAGE_BYTES),
        pageSizeBytes: USUAL_PAGE_BYTES,
      },
      rules: rulesOf(null),
      path: isHost ? null : found.binding.path,
      oomGroups: new Map(),
      panicOnOom: null,
      killsAllocatingTask: null,
      killDisabled: false,
    },
    cgroupVersion: null,
    kernelVersion: null,
    limitBytes: isHost ? null : found.binding.limitBytes,
    roomBytes: null,
    killed: found.victims.map(({ pid, name }) => ({ pid, name, inPlaceOf: null })),
    blurBytes: 0,
    unknown:
      totalPages === null
        ? ['the case does not tell what its scores are relative to: they are left out']
        : [],
  }
}

/** The limit itself where the recorded scores agree with it, else what they lead to. */
function totalPagesOf(
  processes: readonly ProcessMemory[],
  limitBytes: number | null,
): number | null {
  const limitPages = limitBytes === null ? null : Math.floor(limitBytes / USUAL_PAGE_BYTES)
  const scored = processes.flatMap((process) => {
    const task = badnessInputs(process, USUAL_PAGE_BYTES)
    return process.badness === null || task === null ? [] : [{ ...task, score: process.badness }]
  })
  if (scored.length === 0) return null
  if (limitPages !== null && scored.every((task) => badness(task, limitPages) === task.score)) {
    return limitPages
  }
  // The largest process without adjustment has the finest score: pages · 1000 ÷ total, rounded down.
  const [finest] = scored
    .filter((task) => task.oomScoreAdj === 0 && task.score > 0)
    .toSorted((a, b) => b.score - a.score)
  if (finest === undefined) return null
  const pages = finest.rssPages + finest.swapPages + finest.pageTablePages
  const total = Math.floor((pages * 1000) / (finest.score + 0.5))
  const fits = scored.every((task) => Math.abs((badness(task, total) ?? 0) - task.score) <= 1)
  return fits ? total : null
}
