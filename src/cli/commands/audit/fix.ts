import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { SourceFile } from '../../../audit/documents/place.ts'
import type { AuditInput } from '../../../audit/engine.ts'
import { mend } from '../../../audit/mend.ts'
import { errorCode } from '../../../model/error-code.ts'
import { StellaError, unreachableError } from '../../../model/errors.ts'
import type { Manifest } from '../../../sources/files/manifests.ts'
import type { Settings } from './settings.ts'

/** A file as it was read. */
export type WritableFile = Pick<Manifest, 'absolute' | 'path' | 'text' | 'isExact'>

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
  { host, rules }: Pick<Settings, 'host' | 'rules'>,
  manifests: ReadonlyMap<SourceFile, WritableFile>,
): Promise<Mended> {
  const written: AuditInput[] = []
  let count = 0
  let files = 0
  for (const [index, { before, after, count: mended }] of mend(inputs, host, rules).entries()) {
    const manifest = manifests.get(before.file)
    const isWritten = mended > 0 && manifest?.isExact === true
    if (isWritten) {
      await replace(manifest, after.file.text)
      count += mended
      files++
    }
    // Behind the inputs stand files that they refer to: these are seen again through them.
    if (index < inputs.length) written.push(isWritten ? after : { ...after, file: before.file })
  }
  return { count, files, inputs: written }
}

/** A new file takes the place of the old one at once, so that nobody sees half of it. */
async function replace(
  { absolute, path, text: before }: WritableFile,
  text: string,
): Promise<void> {
  try {
    const real = await realpath(absolute)
    if ((await readFile(real, 'utf8')) !== before) {
      throw unreachableError('was changed meanwhile', path, 'run it again')
    }
    await putInPlace(real, text)
  } catch (error) {
    if (error instanceof StellaError) throw error
    const todo = 'check its permissions, or leave --fix out'
    throw unreachableError(`cannot be written (${errorCode(error)})`, path, todo, { cause: error })
  }
}

async function putInPlace(real: string, text: string): Promise<void> {
  const beside = `${real}.stella-${process.pid}`
  try {
    const { mode } = await stat(real)
    await writeFile(beside, text, { mode, flag: 'wx' })
    await rename(beside, real)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
