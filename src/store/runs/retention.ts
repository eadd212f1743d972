/** Which journals of runs go: old ones of runs that are over. What waits for somebody stays. */
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '../../model/time.ts'

/** These stay, however old they are. */
const NEWEST = 1_000
/** Of those of this time no more than that many. */
const KEPT_MS = 90 * 86_400_000
const MOST = 10_000
/** The last line of a run that is over is short. */
const TAIL_BYTES = 16_384

/** @param ids newest first */
export function thinRuns(folder: string, ids: readonly string[], now: Instant): void {
  for (const [place, id] of ids.entries()) {
    if (place < NEWEST) continue
    const isOld = place >= MOST || now - beginningOf(id) > KEPT_MS
    const path = join(folder, `${id}.ndjson`)
    if (!isOld || !hasEnded(path)) continue
    // The journal first: one without its seal would be told as damaged.
    for (const file of [path, join(folder, `${id}.head`)]) rmSync(file, { force: true })
  }
}

/** When a run was begun, as its id tells: `run-20261122-070812-1f2e`; what tells nothing is as new as can be. */
export function beginningOf(id: string): Instant {
  const [, day = '', time = ''] = /^run-(\d{8})-(\d{6})-/.exec(id) ?? []
  const iso = `${day.replace(/(\d{4})(\d\d)/, '$1-$2-')}T${time.replaceAll(/(\d\d)(?=\d)/g, '$1:')}Z`
  const at = Date.parse(iso)
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at
}

function hasEnded(path: string): boolean {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(descriptor, tail, 0, tail.length, size - tail.length)
    const last = tail.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
    return /"event":\{"kind":"ended"/.test(last)
  } finally {
    closeSync(descriptor)
  }
}
