/** Recorded files, as what is damaged. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../lib/repo.ts'
import type { Sample } from './target.ts'

/** Larger files say nothing that smaller ones do not, and take long. */
const MAX_BYTES = 128 * 1024

/** Files below a folder of the repository whose path fits; paths are from there. */
export function filesOf(folder: string, fits: RegExp = /./): Sample[] {
  return readdirSync(join(REPO, folder), { recursive: true, encoding: 'utf8' })
    .toSorted()
    .filter((path) => {
      if (!fits.test(path)) return false
      const stat = statSync(join(REPO, folder, path))
      return stat.isFile() && stat.size > 0 && stat.size <= MAX_BYTES
    })
    .map((path) => ({ path, bytes: readFileSync(join(REPO, folder, path)) }))
}

/** Texts of our own making where nothing can be recorded: what people type. */
export function texts(lines: readonly string[]): Sample[] {
  return lines.map((line) => ({ path: 'text', bytes: Buffer.from(line) }))
}
