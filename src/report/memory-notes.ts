import { formatBytes } from '../model/bytes.ts'
import type { Case } from '../model/case.ts'
import type { ProcessMemory } from '../model/memory.ts'
import { hadRoomAgain } from '../model/room-again.ts'
import { printable } from './printable.ts'

/** From here on, what was asked for is another matter than what was used. */
const MUCH_MORE = 10
/** Sums of figures that are rounded to pages. */
const ROUNDING = 1.02

/** What people read out of a kernel's table of processes that is not in it, where this one invites it. Sentences. */
export function memoryNotes(found: Case): string[] {
  return [...askedAndTouched(found), ...moreThanTheLimit(found), ...lessThanTheLimit(found)]
}

/** `total-vm` is address space. */
function askedAndTouched({ victims, binding }: Case): string[] {
  const [largest] = victims.toSorted((a, b) => (b.totalVmBytes ?? 0) - (a.totalVmBytes ?? 0))
  const asked = largest?.totalVmBytes ?? 0
  const held = largest === undefined ? null : residentOf(largest)
  const limit = binding.limitBytes ?? 0
  if (largest === undefined || held === null || held === 0) return []
  if (asked < MUCH_MORE * held || asked <= limit) return []
  return [
    `${printable(largest.name)} had asked for ${formatBytes(asked)} of address space (total-vm) and held ${formatBytes(held)} of it: only what is touched is charged`,
  ]
}

/** A group is charged for each page once, and for those alone that were first touched in it. */
function moreThanTheLimit({ processes, binding }: Case): string[] {
  const limit = binding.limitBytes
  if (limit === null || binding.scope === 'host') return []
  const sum = processes.reduce((total, process) => total + (residentOf(process) ?? 0), 0)
  if (sum <= ROUNDING * limit) return []
  const [only, ...others] = processes
  if (only !== undefined && others.length === 0) {
    return [
      `${printable(only.name)} is resident with ${formatBytes(sum)}, more than the limit: a page of a file is charged once, to the group that touched it first`,
    ]
  }
  return [
    `the ${processes.length} processes are resident with ${formatBytes(sum)} together, more than the limit: pages that several of them map stand in the figure of each, and are charged once, or to the group that touched them first`,
  ]
}

/** A kill at a limit of which half is free looks like a mistake of somebody's. */
function lessThanTheLimit({ binding, causes }: Case): string[] {
  const { limitBytes, usageBytes } = binding
  const isOfAnotherLimit = causes.some(({ code }) => code === 'kernel-memory')
  if (!hadRoomAgain(binding) || isOfAnotherLimit) return []
  return [
    `${formatBytes(usageBytes ?? 0)} of ${formatBytes(limitBytes ?? 0)} were in use when the kernel counted: it had found nothing left, and by then memory had been given back, as by a process that was killed a moment before and was still leaving`,
  ]
}

function residentOf(process: ProcessMemory): number | null {
  const parts = [process.anonRssBytes, process.fileRssBytes, process.shmemRssBytes]
  const known = parts.filter((bytes) => bytes !== null)
  return (
    process.rssBytes ??
    (known.length === 0 ? null : known.reduce((total, bytes) => total + bytes, 0))
  )
}
