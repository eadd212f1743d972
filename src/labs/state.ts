/** What is kept of a lab: its state while it is open, and what somebody has done with it, for good. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { privateFolder, writeDurably } from '../store/durable.ts'
import { BACKENDS } from './backend-id.ts'

const Baseline = z.object({
  pid: z.nullable(z.number()),
  startTicks: z.nullable(z.number()),
  limitBytes: z.nullable(z.number()),
  usageBytes: z.nullable(z.number()),
  anonBytes: z.nullable(z.number()),
  kills: z.nullable(z.number()),
  exitCode: z.nullable(z.number()),
  swapBytes: z._default(z.nullable(z.number()), null),
  /** How fast it grew, and how long a life of it is up to its limit; null: it did not. */
  growth: z._default(
    z.nullable(z.object({ bytesPerSecond: z.number(), lifeSeconds: z.number() })),
    null,
  ),
})
/** How a workload was when the lab was opened. */
export type Baseline = z.infer<typeof Baseline>

const State = z.object({
  schema: z.literal('stella.lab-state/1'),
  id: z.string(),
  backend: z.enum(BACKENDS),
  /** `starting`: whoever started it has not come to the end of it. */
  phase: z.enum(['starting', 'open']),
  startedAt: z.number(),
  /** What it made has ended by itself then. */
  endsAt: z.number(),
  /** Which of its faults it is. */
  fault: z.nullable(z.string()),
  baseline: z.record(z.string(), Baseline),
  answers: z.record(z.string(), z.string()),
  /** Hints that were given: `limit too-low 1`. */
  hints: z.array(z.string()),
  attempts: z.number(),
  solvedAt: z.nullable(z.number()),
})
export type LabState = z.infer<typeof State>

const Done = z.object({
  starts: z.number(),
  attempts: z.number(),
  hints: z.number(),
  solved: z.number(),
  bestSeconds: z.nullable(z.number()),
})
/** What somebody has done with a lab so far. */
export type LabRecord = z.infer<typeof Done>
const Progress = z.object({
  schema: z.literal('stella.labs-progress/1'),
  labs: z.record(z.string(), Done),
})

const NOTHING_DONE: LabRecord = { starts: 0, attempts: 0, hints: 0, solved: 0, bestSeconds: null }

export interface LabStore {
  /** Where a lab keeps its files while it is open. */
  folderOf(id: string): string
  /** Null: it is not open. A state that cannot be read is one of a lab that has to be cleaned up: `broken`. */
  read(id: string): LabState | null | 'broken'
  write(state: LabState): void
  /** Changes the state as it is by now. Null: the lab was ended meanwhile, and may be another one that was begun since. */
  update(
    lab: Pick<LabState, 'id' | 'startedAt'>,
    change: (state: LabState) => LabState,
  ): LabState | null
  /** With all files of the lab. */
  forget(id: string): void
  record(id: string): LabRecord
  note(id: string, change: (record: LabRecord) => LabRecord): void
}

/** @param dataFolder of stella */
export function labStore(dataFolder: string): LabStore {
  const root = join(dataFolder, 'labs')
  const progressFile = join(root, 'progress.json')
  const folderOf = (id: string): string => join(root, id)
  const stateFile = (id: string): string => join(folderOf(id), 'state.json')
  const progress = (): z.infer<typeof Progress> => {
    const read = Progress.safeParse(jsonIn(progressFile))
    return read.success ? read.data : { schema: 'stella.labs-progress/1', labs: {} }
  }
  const read = (id: string): ReturnType<LabStore['read']> => {
    if (!existsSync(folderOf(id))) return null
    const state = State.safeParse(jsonIn(stateFile(id)))
    return state.success ? state.data : 'broken'
  }
  const write = (state: LabState): void => {
    privateFolder(folderOf(state.id))
    writeDurably(stateFile(state.id), `${JSON.stringify(state, null, 2)}\n`)
  }
  return {
    folderOf,
    read,
    write,
    update({ id, startedAt }, change) {
      const state = read(id)
      if (state === null || state === 'broken' || state.startedAt !== startedAt) return null
      const changed = change(state)
      write(changed)
      return changed
    },
    forget: (id) => rmSync(folderOf(id), { recursive: true, force: true }),
    record: (id) => progress().labs[id] ?? NOTHING_DONE,
    note(id, change) {
      privateFolder(root)
      const before = progress()
      const labs = { ...before.labs, [id]: change(before.labs[id] ?? NOTHING_DONE) }
      writeDurably(progressFile, `${JSON.stringify({ ...before, labs }, null, 2)}\n`)
    },
  }
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
