/** Journals of runs: one file each, to which is only ever added. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../model/error-code.ts'
import { unreachableError, usageError } from '../model/errors.ts'
import { privateFolder, syncFolder } from './durable.ts'
import { readChain, sealed, START } from './runs/chain.ts'
import type { ChainRead } from './runs/chain.ts'

/** One that is open to be added to. */
export interface Journal {
  id: string
  /**
   * @param event what JSON can hold
   * @param isSure it is on the disk when this returns
   * @throws StellaError (unreachable) where it cannot be written
   */
  add(event: object, isSure: boolean): void
  close(): void
}

export interface RunStore {
  /** `DATA/runs`. */
  folder: string
  /** Newest first. */
  ids(): readonly string[]
  /** Null: there is none. */
  read(id: string): ChainRead | null
  create(id: string): Journal
  /** Cuts off what a crash has left half written. @throws StellaError (usage) where the chain is broken */
  open(id: string): Journal
}

const ID = /^run-[\da-z-]{1,60}$/
/** A run of 2,000 steps with all their excerpts is smaller. */
const MOST_BYTES = 64 * 1024 * 1024

export function runStore(dataFolder: string): RunStore {
  const folder = join(dataFolder, 'runs')
  const fileOf = (id: string): string => join(folder, `${id}.ndjson`)
  const read = (id: string): ChainRead | null => {
    if (!ID.test(id) || !existsSync(fileOf(id))) return null
    if (statSync(fileOf(id)).size > MOST_BYTES) {
      throw usageError(
        'it is longer than the journal of a run can be',
        fileOf(id),
        'look at it by hand',
      )
    }
    return readChain(readFileSync(fileOf(id), 'utf8'))
  }
  return {
    folder,
    ids: () =>
      existsSync(folder)
        ? readdirSync(folder)
            .flatMap((name) => (name.endsWith('.ndjson') ? [name.slice(0, -'.ndjson'.length)] : []))
            .filter((id) => ID.test(id))
            .toSorted()
            .toReversed()
        : [],
    read,
    create(id) {
      privateFolder(folder)
      const journal = journalIn(id, openSync(fileOf(id), 'ax', 0o600), { length: 0, head: START })
      syncFolder(folder)
      return journal
    },
    open(id) {
      const chain = read(id)
      if (chain === null) throw noSuchRun(id)
      if (chain.broken !== null) {
        const where = `${fileOf(id)}:${chain.broken.line}`
        throw usageError(chain.broken.says, where, 'begin another run: this one cannot be trusted')
      }
      const descriptor = openSync(fileOf(id), 'a')
      const text = readFileSync(fileOf(id), 'utf8').slice(0, chain.wholeLength)
      ftruncateSync(descriptor, Buffer.byteLength(text))
      return journalIn(id, descriptor, { length: chain.events.length, head: chain.head })
    },
  }
}

/** @throws StellaError (unreachable) */
export function noSuchRun(id: string): Error {
  return unreachableError(
    'there is no such run',
    id.slice(0, 80),
    "'stella runbook runs' lists them",
  )
}

function journalIn(
  id: string,
  descriptor: number,
  begun: { length: number; head: string },
): Journal {
  let { length, head } = begun
  return {
    id,
    add(event, isSure) {
      const next = sealed(event, length + 1, head)
      try {
        writeSync(descriptor, next.line)
        if (isSure) fsyncSync(descriptor)
      } catch (error) {
        throw unreachableError(
          `the journal of the run cannot be written (${errorCode(error)})`,
          id,
          'see that there is room for it, and resume the run',
          { cause: error },
        )
      }
      length++
      head = next.head
    },
    close: () => closeSync(descriptor),
  }
}
