/** The pressure itself: memory that is taken, or a limit that comes down. */
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { formatBytes, MIB } from '../model/bytes.ts'
import { EXIT, StellaError } from '../model/errors.ts'
import { applyPlan, planChange } from '../remedy/engine.ts'
import { setControl } from '../remedy/platforms/host/control-file.ts'
import { DRIVERS } from '../remedy/platforms/index.ts'
import { findMemoryHierarchy, folderOf } from '../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../sources/cgroup/locate.ts'
import { isEnding } from '../sources/proc/identity.ts'
import { textOrNull } from '../sources/reader.ts'
import { startAllocator } from './allocator.ts'
import type { AllocatorEnd } from './allocator.ts'
import type { Book } from './book.ts'
import type { PressureDesk } from './desk.ts'
import type { Pressure } from './experiment.ts'
import type { GroupWatch, Ours } from './group-watch.ts'
import type { Stop } from './journal.ts'
import { limitMoves, rampBytes } from './law.ts'
import type { PressurePlan } from './plan.ts'
import { killAllocator } from './put-back.ts'

export interface Pressing {
  /** Resolves when ramp and hold are over, or soon after it was told to stop. */
  done: Promise<void>
  /** Gives at once what can be given at once. */
  kill(): void
  /** For the journal: sizes in bytes. */
  reached(): Readonly<{ [name: string]: number | null }>
}

interface Means {
  book: Book
  ours: Ours
  watch: GroupWatch
  desk: PressureDesk & { ttlMs: number }
  onEnd(stop: Stop): void
  signal: AbortSignal
}

const TICK_MS = 100
/** What its own program needs beside what it holds. */
const OWN_BYTES = 16 * MIB
const JOIN_MS = 30_000
/** How much longer than its ramp it may take. Keepers wait longer. */
const LATE_MS = 30_000

export async function press(plan: PressurePlan, means: Means): Promise<Pressing> {
  const { pressure } = plan.experiment
  return pressure.kind === 'limit' ? lower(plan, pressure, means) : take(plan, pressure, means)
}

async function take(
  plan: PressurePlan,
  pressure: Extract<Pressure, { kind: 'memory' }>,
  { book, ours, watch, desk, onEnd, signal }: Means,
): Promise<Pressing> {
  const { subject, experiment } = plan
  const { id } = book.record
  const folder = pressure.placement === 'leaf' ? `${subject.folder}/stella-${id}` : subject.folder
  if (pressure.placement === 'leaf')
    makeLeaf(folder, subject.version, pressure.sizeBytes, { book, ours, desk })
  const allocator = startAllocator({
    memory: pressure.memory,
    procs: join(desk.reader.root, folder, 'cgroup.procs'),
    file:
      pressure.memory === 'tmpfs' ? `/dev/shm/stella-${id}` : join(book.store.own(id), 'cache.bin'),
    ttlMs: desk.ttlMs,
  })
  /** Whether the kernel has ended it, once it is over; null: it is not. */
  let killsOfOurs: number | null = null
  const kill = (): void => {
    killsOfOurs ??= ours.kills()
    killAllocator(allocator.identity)
  }
  try {
    book.undo({ allocator: allocator.identity })
    if (pressure.placement === 'target') {
      ours.pid = allocator.identity.pid
      ours.kills = () => killsOfOurs ?? Number(isEnding(allocator.identity))
    }
    void allocator.ended.then((end) => {
      if (signal.aborted) return
      const isKernel = end.signal === 'SIGKILL' && watch.killsBesideOurs() > 0
      const why = isKernel
        ? `at ${formatBytes(allocator.heldBytes())} the kernel ended our allocator: the limit was reached`
        : `our allocator ended: ${wordsOf(end)}`
      onEnd({ status: 'aborted', deviated: false, why })
    })
    await Promise.race([allocator.joined, soon(JOIN_MS, signal)])
    refuseElsewhere(allocator.identity.pid, folder, desk)
  } catch (error) {
    kill()
    throw error
  }
  const { phases } = experiment
  const begun = performance.now()
  async function ramp(): Promise<void> {
    try {
      await rampAndHold()
    } finally {
      killsOfOurs ??= ours.kills()
    }
  }
  async function rampAndHold(): Promise<void> {
    for (;;) {
      if (signal.aborted) return
      const elapsed = performance.now() - begun
      allocator.to(rampBytes(elapsed, pressure.sizeBytes, phases))
      if (elapsed >= phases.rampMs) break
      await soon(TICK_MS, signal)
    }
    await reached()
    if (signal.aborted) return
    desk.onSays(`holding ${formatBytes(pressure.sizeBytes)}`)
    await soon(phases.holdMs, signal)
  }
  /** A machine may be slower than the ramp: what is not there yet is not held. */
  async function reached(): Promise<void> {
    const end = performance.now() + LATE_MS
    while (allocator.heldBytes() < pressure.sizeBytes && !signal.aborted) {
      if (performance.now() > end) {
        throw new Error(
          `only ${formatBytes(allocator.heldBytes())} could be taken in ${(phases.rampMs + LATE_MS) / 1_000} s`,
        )
      }
      await soon(TICK_MS, signal)
    }
  }
  desk.onSays(`taking ${formatBytes(pressure.sizeBytes)} in ${phases.rampMs / 1_000} s`)
  return { done: ramp(), kill, reached: () => ({ heldBytes: allocator.heldBytes() }) }
}

function wordsOf({ code, signal, lastWords }: AllocatorEnd): string {
  const last = lastWords.split('\n').at(-1) ?? ''
  if (last !== '') return last.slice(0, 300)
  return signal === null ? `exit code ${code ?? 'unknown'}` : `somebody sent it ${signal}`
}

/** A limit that does not read back would limit nothing. */
function makeLeaf(
  folder: string,
  version: 1 | 2,
  sizeBytes: number,
  { book, ours, desk }: Pick<Means, 'book' | 'ours' | 'desk'>,
): void {
  const { reader } = desk
  book.undo({ leaf: join(reader.root, folder) })
  mkdirSync(join(reader.root, folder))
  ours.leaf = folder
  const limit = String(sizeBytes + OWN_BYTES)
  const file = version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
  const holds = setControl(reader, `${folder}/${file}`, limit)
  if (holds !== limit) throw new Error(`${folder}/${file} holds ${holds} instead of ${limit}`)
}

/** Nothing is taken before the kernel says that it is where it belongs. */
function refuseElsewhere(pid: number, folder: string, { reader }: PressureDesk): void {
  const hierarchy = findMemoryHierarchy(reader)
  const path = hierarchy === null ? null : cgroupOfProcess(reader, hierarchy, pid)
  const found = hierarchy === null || path === null ? null : folderOf(hierarchy, path)
  const score = textOrNull(reader, `/proc/${pid}/oom_score_adj`)?.trim()
  if (found === folder && score === '1000') return
  throw new Error(`our allocator did not get into ${basename(folder)}`)
}

async function lower(
  plan: PressurePlan,
  pressure: Extract<Pressure, { kind: 'limit' }>,
  { book, watch, desk, onEnd, signal }: Means,
): Promise<Pressing> {
  const { subject, experiment } = plan
  const { phases } = experiment
  const usage = watch.usageBytes()
  const { limitBytes: present } = subject.state
  const from = present === null ? usage : Math.min(present, usage ?? present)
  let inForce: number | null = present
  const begun = performance.now()
  const at = (ms: number): Promise<void> =>
    soon(Math.max(0, ms - (performance.now() - begun)), signal)

  async function moves(): Promise<void> {
    for (const { atMs, limitBytes } of limitMoves(from, pressure.limitBytes, phases)) {
      await at(atMs)
      if (signal.aborted) return
      const refused = await setLimit(plan, limitBytes, book, desk)
      if (refused !== null) return onEnd({ status: 'failed', deviated: false, why: refused })
      inForce = limitBytes
      desk.onSays(`its limit is ${formatBytes(limitBytes)}`)
    }
    await at(phases.rampMs + phases.holdMs)
  }
  return { done: moves(), kill: () => undefined, reached: () => ({ limitBytes: inForce }) }
}

/**
 * As a fix is made: written down, compared, and taken back from what was written down.
 *
 * @returns why the kernel, or who asks for it, does not let the limit come down so far; null: it is in force
 */
async function setLimit(
  { subject }: PressurePlan,
  limitBytes: number,
  { store, record }: Book,
  { reader }: PressureDesk,
): Promise<string | null> {
  const target = subject.fixTarget
  const change = { kind: 'limit', limitBytes, requestBytes: null } as const
  // What is half-made is taken back by whoever takes the experiment back, and by nobody else.
  const hands = { reader, signal: new AbortController().signal }
  const asked = { target, change, recreate: false }
  const plan = await planChange(DRIVERS, asked, hands).catch(refusalOf)
  if (typeof plan === 'string') return plan
  if (plan.method !== 'in-place') throw new Error(`its limit cannot be changed while it runs`)
  const made = await applyPlan(
    {
      plan,
      change,
      subject: {
        platform: target.kind === 'container' ? target.engine : 'cgroup',
        name: subject.name,
        id: null,
        image: subject.image,
      },
      caseId: null,
      remedyId: null,
      layer: 'container',
      evidence: [],
    },
    { drivers: DRIVERS, store: store.changes(record.id), hands },
  )
  return made.state === 'applied' ? null : (made.problem ?? 'the limit could not be set')
}

/** What it holds does not fit. Any other error is none of the workload's. */
function refusalOf(error: unknown): string {
  if (error instanceof StellaError && error.exitCode === EXIT.usage) return error.message
  throw error
}

async function soon(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
