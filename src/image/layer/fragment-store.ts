/** Keeps fragments by the digest of their layer, so that an image on a known base reads only its own layers. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../model/bytes.ts'
import type { Cataloger } from '../../sbom/cataloger.ts'
import { fragmentPlace } from './fragment.ts'
import type { FragmentPlace } from './fragment.ts'

export interface FragmentStore {
  /** The fragment of a layer; null where it is not kept. */
  find(diffId: string): FragmentPlace | null
  /** Where the fragment of a layer is to be written, without the end of its name. */
  baseOf(diffId: string): string
  /** Drops what was not used for longest, until the rest fits. */
  tidy(): void
}

export interface FragmentStoreOptions {
  folder: string
  catalogers: readonly Cataloger[]
  now: () => number
  maxBytes?: number
}

/** Raised with the form of a fragment. */
const FORM = 1
const MAX_BYTES = 512 * MIB
/** A part of a fragment that nobody has written to for so long has lost its writer. */
const PART_AGE_MS = 24 * 3_600_000

export function openFragmentStore(options: FragmentStoreOptions): FragmentStore {
  const { folder, catalogers, now, maxBytes = MAX_BYTES } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const edition = editionOf(catalogers)
  const baseOf = (diffId: string): string => join(folder, `${diffId.replace(':', '-')}-${edition}`)
  return {
    baseOf,
    find(diffId) {
      const place = fragmentPlace(baseOf(diffId))
      // The lines get their name last.
      if (!existsSync(place.lines) || !existsSync(place.marks)) return null
      const at = new Date(now())
      for (const path of [place.lines, place.marks]) utimesSync(path, at, at)
      return place
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
        const isLeftBehind = path.endsWith('.part') && now() - usedAt > PART_AGE_MS
        if (kept > maxBytes || isLeftBehind) rmSync(path, { force: true })
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
