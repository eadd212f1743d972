import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '../model/time.ts'
import { runCommand } from './run.ts'
import type { RunCommand } from './run.ts'
import { errorCode } from '../model/error-code.ts'

/** What a live source may touch of the world: a file-system root, a clock, the environment and child processes. */
export interface Reader {
  /** `/`, or the folder that stands for it: a host's root mounted into a container, or a recorded tree. */
  root: string
  now(): Instant
  /** CLOCK_MONOTONIC, the clock of the kernel log: seconds since boot without the time spent suspended. */
  monotonicSeconds(): number
  env: Readonly<Record<string, string | undefined>>
  run: RunCommand
}

export function hostReader(overrides: Partial<Reader> = {}): Reader {
  return {
    root: '/',
    now: Date.now,
    monotonicSeconds: () => Number(process.hrtime.bigint()) / 1e9,
    env: process.env,
    run: runCommand,
    ...overrides,
  }
}

/** Why something could not be read. `missing`: it does not exist (any more); `denied`: a right is missing. */
export interface ReadProblem {
  kind: 'missing' | 'denied' | 'failed'
  /** The error's name, `EACCES`. */
  code: string
}

export type TextRead =
  | { ok: true; text: string; truncated: boolean }
  | { ok: false; problem: ReadProblem }

/** Enough for every cgroup and /proc file but the largest process lists. */
export const SMALL_FILE_BYTES = 1024 * 1024

const CHUNK_BYTES = 64 * 1024

/**
 * Reads a small file of cgroupfs, /proc or /sys at once. Synchronous on purpose: these files are made in memory, and a
 * whole tree of them is read in a few milliseconds.
 */
export function readText(reader: Reader, path: string, maxBytes = SMALL_FILE_BYTES): TextRead {
  let descriptor: number
  try {
    descriptor = openSync(join(reader.root, path), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
  try {
    return readAll(descriptor, maxBytes)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  } finally {
    closeSync(descriptor)
  }
}

/** The text, or null whatever the reason. */
export function textOrNull(reader: Reader, path: string): string | null {
  const read = readText(reader, path)
  return read.ok ? read.text : null
}

export type ListRead =
  | { ok: true; names: readonly string[]; folders: readonly string[] }
  | { ok: false; problem: ReadProblem }

export function listFolder(reader: Reader, path: string): ListRead {
  try {
    const entries = readdirSync(join(reader.root, path), { withFileTypes: true })
    return {
      ok: true,
      names: entries.map((entry) => entry.name),
      folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
    }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

export function problemOf(error: unknown): ReadProblem {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', code }
  // ENODEV and ESRCH: the cgroup or the process went away between listing and reading.
  const gone = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ESRCH']
  return { kind: gone.includes(code) ? 'missing' : 'failed', code }
}

function readAll(descriptor: number, maxBytes: number): TextRead {
  const chunks: Buffer[] = []
  let length = 0
  while (length < maxBytes) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, maxBytes - length))
    const count = readSync(descriptor, chunk)
    if (count === 0) return { ok: true, text: Buffer.concat(chunks).toString(), truncated: false }
    chunks.push(chunk.subarray(0, count))
    length += count
  }
  return { ok: true, text: Buffer.concat(chunks).toString(), truncated: true }
}
