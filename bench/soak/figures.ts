/** What the kernel and V8 say of one process, and its folder on the disk. Bytes. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../test/support/testbed.ts'

export const MEASURES = [
  'rss',
  'pss',
  'anon',
  'heap',
  'committed',
  'external',
  'fds',
  'sockets',
  'threads',
  'disk',
] as const
export type Measure = (typeof MEASURES)[number]

/** Null: it did not tell. */
export type Figures = Readonly<Record<Measure, number | null>>

/** Null: the process has ended. */
export function figuresOf(pid: number, heaps: string, stores: readonly string[]): Figures | null {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const open = openFiles(pid)
    const heap = heapOf(join(heaps, `heap-${pid}`))
    return {
      rss: kibibytes(rollup, 'Rss'),
      pss: kibibytes(rollup, 'Pss'),
      anon: kibibytes(rollup, 'Anonymous'),
      heap: heap?.heapUsed ?? null,
      committed: heap?.heapTotal ?? null,
      external: heap?.external ?? null,
      fds: open.length,
      sockets: open.filter((target) => target.startsWith('socket:')).length,
      threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1]),
      disk: stores.reduce((sum, store) => sum + diskOf(store), 0),
    }
  } catch {
    return null
  }
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name))
    } catch {
      // It was closed just now.
      return ''
    }
  })
}

function kibibytes(text: string, key: string): number | null {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found) * 1_024
}

interface Heap {
  heapUsed: number
  heapTotal: number
  external: number
}

function heapOf(file: string): Heap | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // It is being written, or was not yet.
    return null
  }
}

function diskOf(folder: string): number {
  return (
    Number(run(['sh', '-c', 'du -sk "$1" 2>/dev/null || true', 'sh', folder]).split('\t')[0]) *
    1_024
  )
}
