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
import { refusedError, unreachableError, usageError } from '../model/errors.ts'
import { privateFolder } from './durable.ts'
import { linked, readChain, START } from './runs/chain.ts'
import type { ChainRead } from './runs/chain.ts'
import { readSeal, writeSeal } from './runs/seal.ts'
import type { Seal } from './runs/seal.ts'

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
  /** As it stands there, unchecked; null: there is none. */
  text(id: string): string | null
  /** Another one whenever its journal is; null: there is none. */
  mark(id: string): string | null
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
  const sealOf = (id: string): string => join(folder, `${id}.head`)
  const text = (id: string): string | null => {
    if (!ID.test(id) || !existsSync(fileOf(id))) return null
    if (statSync(fileOf(id)).size > MOST_BYTES) {
      throw usageError(
        'it is longer than the journal of a run can be',
        fileOf(id),
        'look at it by hand',
      )
    }
    return readFileSync(fileOf(id), 'utf8')
  }
  const read = (id: string): ChainRead | null => {
    if (!ID.test(id)) return null
    // First: whoever writes at this moment is further than it, never less far.
    const seal = readSeal(sealOf(id))
    const held = text(id)
    return held === null ? null : readChain(held, seal)
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
    text,
    mark(id) {
      const found = ID.test(id) ? statSync(fileOf(id), { throwIfNoEntry: false }) : undefined
      return found === undefined ? null : `${found.size} ${found.mtimeMs}`
    },
    create(id) {
      privateFolder(folder)
      const seal = { lines: 0, head: START }
      const descriptor = openSync(fileOf(id), 'ax', 0o600)
      writeSeal(sealOf(id), seal)
      return journalIn(id, descriptor, sealOf(id), seal)
    },
    open(id) {
      const chain = read(id)
      if (chain === null) throw noSuchRun(id)
      if (chain.broken !== null) {
        const where = `${fileOf(id)}:${chain.broken.line}`
        throw refusedError(
          'conflict',
          chain.broken.says,
          where,
          'begin another run: this one cannot be trusted',
        )
      }
      const descriptor = openSync(fileOf(id), 'a')
      const whole = readFileSync(fileOf(id), 'utf8').slice(0, chain.wholeLength)
      ftruncateSync(descriptor, Buffer.byteLength(whole))
      const written = { lines: chain.events.length, head: chain.head }
      return journalIn(id, descriptor, sealOf(id), written)
    },
  }
}

/** @throws StellaError (unreachable) */
export function noSuchRun(id: string): Error {
  return refusedError(
    'missing',
    'there is no such run',
    id.slice(0, 80),
    "'stella runbook runs' lists them",
  )
}

function journalIn(id: string, descriptor: number, sealPath: string, begun: Seal): Journal {
  let { lines, head } = begun
  let sealed = lines
  const makeSure = (): void => {
    if (sealed === lines) return
    fsyncSync(descriptor)
    writeSeal(sealPath, { lines, head })
    sealed = lines
  }
  const writing = (write: () => void): void => {
    try {
      write()
    } catch (error) {
      throw unreachableError(
        `the journal of the run cannot be written (${errorCode(error)})`,
        id,
        'see that there is room for it, and resume the run',
        { cause: error },
      )
    }
  }
  return {
    id,
    add(event, isSure) {
      const next = linked(event, lines + 1, head)
      writing(() => {
        writeSync(descriptor, next.line)
        lines++
        head = next.head
        if (isSure) makeSure()
      })
    },
    close() {
      try {
        writing(makeSure)
      } finally {
        closeSync(descriptor)
      }
    },
  }
}
