/** Journals of experiments: a folder each. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { refusedError } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import { privateFolder, writeDurably } from '../store/durable.ts'
import { fixStore } from '../store/fixes.ts'
import type { FixStore } from '../store/fixes.ts'
import { storeProblem } from '../store/problems.ts'
import { Record } from './journal.ts'
import type { PressureRecord } from './journal.ts'
import { recordIds } from '../store/record-ids.ts'

export interface PressureStore {
  /** `DATA/pressure`. */
  folder: string
  /** Newest first. */
  list(): readonly PressureRecord[]
  read(id: string): PressureRecord | null
  /** On the disk when it returns. @throws StellaError (unreachable) */
  write(record: PressureRecord): void
  /** The changes of limits that an experiment makes; they share the locks of fixes. */
  changes(id: string): FixStore
  /** The folder, which is made. */
  home(): string
  /** A folder of its own for what it writes beside. */
  own(id: string): string
}

const ID = /^pressure-[\da-z-]{1,60}$/
const MOST = 200
/** An hour with a state each second is smaller. */
const MOST_BYTES = 32 * 1024 * 1024

/** @param most records beyond this number are forgotten, oldest first */
export function pressureStore(dataFolder: string, most = MOST): PressureStore {
  const folder = join(dataFolder, 'pressure')
  const fileOf = (id: string): string => join(folder, id, 'record.json')
  const ids = (): string[] => recordIds(folder, ID)
  const store: PressureStore = {
    folder,
    list: () => ids().flatMap((id) => store.read(id) ?? []),
    read(id) {
      const file = fileOf(id)
      const size = ID.test(id) ? statSync(file, { throwIfNoEntry: false })?.size : undefined
      if (size === undefined || size > MOST_BYTES) return null
      const read = Record.safeParse(parsed(readFileSync(file, 'utf8')))
      return read.success ? read.data : null
    },
    write(record) {
      const isNew = !existsSync(fileOf(record.id))
      try {
        writeDurably(join(store.own(record.id), 'record.json'), `${JSON.stringify(record)}\n`)
      } catch (error) {
        throw storeProblem(error, folder, 'the journal of an experiment')
      }
      if (isNew) forget(store, ids().slice(most))
    },
    changes: (id) => ({ ...fixStore(join(folder, id)), folder: fixStore(dataFolder).folder }),
    home: () => privateFolder(folder),
    own: (id) => privateFolder(join(privateFolder(folder), id)),
  }
  return store
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return null
  }
}

/** One that is not over keeps what is needed to take it back. */
function forget(store: PressureStore, ids: readonly string[]): void {
  for (const id of ids) {
    if (store.read(id)?.left !== true) {
      rmSync(join(store.folder, id), { recursive: true, force: true })
    }
  }
}

/** Sorts by the time. */
export function newPressureId(at: Instant): string {
  const time = new Date(at).toISOString().replace(/[-:]/g, '').replace(/[T.]/g, '-').slice(0, -1)
  return `pressure-${time}-${randomBytes(2).toString('hex')}`
}

/** @throws StellaError (unreachable) */
export function noSuchExperiment(id: string): Error {
  return refusedError(
    'missing',
    'there is no such experiment',
    id.slice(0, 80),
    "'stella pressure list' names them",
  )
}
