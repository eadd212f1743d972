/** The kinds of values that a setting can have: how each is read, written, and told. */
import { formatBytes, MIB } from '../../model/bytes.ts'
import { readSize } from '../../parsers/quantity/own.ts'

/** A value that was understood, or why it was not and how it would be written. */
export type ValueReading<Value> =
  | { ok: true; value: Value }
  | { ok: false; problem: string; todo: string }

export interface Kind<Value> {
  read(text: string): ValueReading<Value>
  /** More fields of a JSON answer, in units that programs compute with. */
  told(value: Value): Readonly<Record<string, number | boolean>>
}

/**
 * In bytes.
 *
 * @param because why it cannot be less, for who wrote less
 */
export function size({ least, because }: { least: number; because?: string }): Kind<number> {
  return {
    read(text) {
      const read = readSize(text)
      if (!read.ok) return read
      if (read.bytes >= least) return { ok: true, value: read.bytes }
      const why = because === undefined ? '' : `: ${because}`
      return refusal(`'${text}' is too little`, `give ${formatBytes(least)} at least${why}`)
    },
    told: (bytes) => ({ bytes }),
  }
}

/**
 * What a worker scans a tiny image in. Its own memory is 15 MiB, and 23 MiB with the image; where the pages of the program are charged
 * to it as well, as to the first on a host, it takes 0.4 s in 80 MiB, 11 s in 64 MiB and a minute in 56 MiB, for it reads them again and again.
 */
export const LEAST_WORKER_BYTES = 96 * MIB

export const flag: Kind<boolean> = {
  read(text) {
    if (text === 'true' || text === 'false') return { ok: true, value: text === 'true' }
    return refusal(`${quoted(text)} is neither true nor false`, 'write true or false')
  },
  told: (enabled) => ({ enabled }),
}

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])
const LONGEST_MS = 24 * 3_600_000

/** In milliseconds. */
export const duration: Kind<number> = {
  read(text) {
    const match = /^(\d{1,9})([smh])$/.exec(text)
    const value = Number(match?.[1]) * (MILLISECONDS.get(match?.[2] ?? '') ?? Number.NaN)
    if (Number.isNaN(value))
      return refusal(`${quoted(text)} is not a duration`, 'write it as 90s, 30m or 1h')
    if (value >= 1_000 && value <= LONGEST_MS) return { ok: true, value }
    return refusal(`${quoted(text)} is out of range`, 'use 1s up to 24h')
  },
  told: (milliseconds) => ({ milliseconds }),
}

const HOUR_MS = 3_600_000
const LONGEST_AGE_MS = 3_650 * 24 * HOUR_MS

/** How long something is kept, in milliseconds. */
export const age: Kind<number> = {
  read(text) {
    const [, digits, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? []
    if (unit === undefined) {
      return refusal(`${quoted(text)} is not an age`, 'write it as 12h or 90d')
    }
    const value = Number(digits) * (unit === 'd' ? 24 * HOUR_MS : HOUR_MS)
    if (value >= HOUR_MS && value <= LONGEST_AGE_MS) return { ok: true, value }
    return refusal(`${quoted(text)} is out of range`, 'use 1h up to 3650d')
  },
  told: (milliseconds) => ({ milliseconds }),
}

export function count({ least, most }: { least: number; most: number }): Kind<number> {
  return {
    read(text) {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
      if (value >= least && value <= most) return { ok: true, value }
      return refusal(`${quoted(text)} is no number from ${least} to ${most}`, 'write it in digits')
    },
    told: (number) => ({ number }),
  }
}

/** As a label of a metric and a name of a cgroup can be. */
const POOL_NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** That there is such a pool is checked where it is set. */
export const poolName: Kind<string> = {
  read(text) {
    if (POOL_NAME.test(text)) return { ok: true, value: text }
    return refusal(
      `${quoted(text)} is no name of a pool`,
      'use up to 40 of the characters a-z, 0-9 and -, as in large-images',
    )
  },
  told: () => ({}),
}

function refusal(problem: string, todo: string): { ok: false; problem: string; todo: string } {
  return { ok: false, problem, todo }
}

function quoted(text: string): string {
  return text.length <= 60 ? `'${text}'` : `'${text.slice(0, 58)}…'`
}
