import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { SourceFile } from '../../../audit/documents/place.ts'
import type { AuditInput } from '../../../audit/engine.ts'
import { mend } from '../../../audit/mend.ts'
import { unreachableError } from '../../../model/errors.ts'
import type { Manifest } from '../../../sources/files/manifests.ts'
import type { Settings } from './settings.ts'

/** What was mended. */
export interface Mended {
  /** Findings. */
  count: number
  /** Files. */
  files: number
  /** The inputs, with the new texts. */
  inputs: readonly AuditInput[]
}

/**
 * Splices the fixes into their files; every other byte stays. Left alone are a file whose bytes are not exactly the text that was
 * judged, and standard input, which has nowhere to be written to.
 */
export async function applyFixes(
  inputs: readonly AuditInput[],
  { host, rules }: Settings,
  manifests: ReadonlyMap<SourceFile, Manifest>,
): Promise<Mended> {
  const written: AuditInput[] = []
  let count = 0
  let files = 0
  for (const mended of mend(inputs, host, rules)) {
    const manifest = manifests.get(mended.before.file)
    if (mended.count === 0 || manifest?.isExact !== true) written.push(mended.before)
    else {
      await replace(manifest, mended.after.file.text)
      written.push(mended.after)
      count += mended.count
      files++
    }
  }
  return { count, files, inputs: written }
}

/** A new file takes the place of the old one at once, so that nobody sees half of it. */
async function replace({ absolute, path, text: before }: Manifest, text: string): Promise<void> {
  const real = await realpath(absolute)
  const beside = `${real}.stella-${process.pid}`
  if ((await readFile(real, 'utf8')) !== before) {
    throw unreachableError('was changed meanwhile', path, 'run it again')
  }
  try {
    const { mode } = await stat(real)
    await writeFile(beside, text, { mode, flag: 'wx' })
    await rename(beside, real)
  } catch (error) {
    await rm(beside, { force: true })
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const todo = 'check its permissions, or leave --fix out'
    throw unreachableError(`cannot be written (${code})`, path, todo, { cause: error })
  }
}
