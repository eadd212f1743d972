/** What stella changed: a folder for each fix, with its record and the evidence it rests on. */
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, StellaError } from '../model/errors.ts'
import type { FixRecord, FixTarget } from '../model/fix.ts'
import { errorMessage } from '../model/error-message.ts'
import { privateFolder, writeDurably } from './durable.ts'
import { parseFixRecord } from './fixes/schema.ts'
import { recordIds } from './record-ids.ts'

/** A text that is kept beside a record: the case, a state. */
export interface FixEvidence {
  /** A file's name, `case.json`. */
  name: string
  text: string
}

export interface FixStore {
  /** `DATA/fixes`. */
  folder: string
  /** Newest first. */
  list(): readonly FixRecord[]
  read(id: string): FixRecord | null
  /** The newest fix of a target, whatever its state. */
  newestFor(target: FixTarget): FixRecord | null
  /** Writes evidence and record down, and forgets the oldest that are over and done with. */
  create(record: FixRecord, evidence: readonly FixEvidence[]): void
  /** Replaces the record; it is on the disk when this returns. */
  write(record: FixRecord): void
}

const MAX_FIXES = 500
/** One record holds the inspect output of a container a few times; the largest seen is 60 KiB. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024
const ID = /^fix-[\da-z-]{1,60}$/

/** @param most records beyond this number are forgotten, oldest first */
export function fixStore(dataFolder: string, most = MAX_FIXES): FixStore {
  const folder = join(dataFolder, 'fixes')
  const fileOf = (id: string): string => join(folder, id, 'record.json')
  const ids = (): string[] => recordIds(folder, ID)
  const store: FixStore = {
    folder,
    list: () => ids().flatMap((id) => store.read(id) ?? []),
    read: (id) => (ID.test(id) ? readRecord(fileOf(id)) : null),
    newestFor: (target) =>
      store.list().find(({ plan }) => targetKey(plan.target) === targetKey(target)) ?? null,
    create: (record, evidence) => {
      guarded(folder, () => {
        const own = privateFolder(join(privateFolder(folder), record.id))
        for (const { name, text } of evidence) writeDurably(join(own, name), text)
        store.write(record)
      })
      forget(store, ids().slice(most))
    },
    write: (record) => {
      guarded(folder, () => writeDurably(fileOf(record.id), `${JSON.stringify(record, null, 2)}\n`))
    },
  }
  return store
}

/** Names a target in one line: two that are the same have the same. */
export function targetKey(target: FixTarget): string {
  return JSON.stringify(Object.entries(target).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

function readRecord(file: string): FixRecord | null {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? null
  return size === null || size > MAX_RECORD_BYTES
    ? null
    : parseFixRecord(readFileSync(file, 'utf8'))
}

/** One that is not over keeps what is needed to take it back. */
function forget(store: FixStore, ids: readonly string[]): void {
  for (const id of ids) {
    const state = store.read(id)?.state
    if (state !== 'applying' && state !== 'stuck') {
      rmSync(join(store.folder, id), { recursive: true, force: true })
    }
  }
}

/** Nothing is changed that could not be written down before. */
function guarded(folder: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    throw new StellaError(
      {
        exitCode: EXIT.unreachable,
        what: `the fix cannot be written down: ${errorMessage(error)}`,
        where: folder,
        todo: 'name a folder that can be written with --data DIR',
      },
      { cause: error },
    )
  }
}
