/** Keeps fragments by the digest of their layer, so that an image on a known base reads only its own layers. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../../sbom/cataloger.ts'
import { fragmentSummary } from './read-fragment.ts'

export interface FragmentStore {
  /** The fragment of a layer, by its diff_id and what else tells it from others; null where it is not kept. */
  find(key: string): string | null
  /** Where the fragment of a layer is to be written. */
  placeOf(key: string): string
  /** Drops what was not used for longest, until the rest fits; what somebody may be reading stays. */
  tidy(): void
}

export interface FragmentStoreOptions {
  folder: string
  catalogers: readonly Cataloger[]
  now: () => number
  maxBytes?: number
}

/** Raised with the form of a fragment. */
const FORM = 3
const MAX_BYTES = 512 * MIB
/** A part of a fragment that nobody has written to for so long has lost its writer. */
const PART_AGE_MS = 24 * 3_600_000
/** Another scan that found it reads it within this time. */
const IN_USE_MS = 3_600_000

export function openFragmentStore(options: FragmentStoreOptions): FragmentStore {
  const { folder, catalogers, now, maxBytes = MAX_BYTES } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const edition = editionOf(catalogers)
  const placeOf = (key: string): string => join(folder, `${key.replace(':', '-')}-${edition}.jsonl`)
  return {
    placeOf,
    find(key) {
      const place = placeOf(key)
      return isWhole(place, new Date(now())) ? place : null
    },
    tidy() {
      const files = readdirSync(folder).flatMap((name) => {
        const path = join(folder, name)
        const stat = statSync(path, { throwIfNoEntry: false })
        return stat === undefined ? [] : [{ path, bytes: stat.size, usedAt: stat.mtimeMs }]
      })
      let kept = 0
      for (const { path, bytes, usedAt } of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
        kept += bytes
        const age = now() - usedAt
        const isLeftBehind = path.endsWith('.part') && age > PART_AGE_MS
        if ((kept > maxBytes && age > IN_USE_MS) || isLeftBehind) rmSync(path, { force: true })
      }
    },
  }
}

/** What was found by other catalogers, or by earlier editions of them, is not what these would find. */
function editionOf(catalogers: readonly Cataloger[]): string {
  const said = catalogers.map(({ id, version }) => `${id} ${version}`).toSorted()
  return createHash('sha256')
    .update([FORM, ...said].join('\n'))
    .digest('hex')
    .slice(0, 12)
}

/** Whether it is there to its last line: a machine that lost its power may have kept the name alone. Marks it as used. */
function isWhole(fragment: string, usedAt: Date): boolean {
  try {
    utimesSync(fragment, usedAt, usedAt)
    return fragmentSummary(fragment) !== null
  } catch {
    return false
  }
}
