import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { Audit, AuditInput } from '../../../audit/engine.ts'
import { spliced } from '../../../audit/splice.ts'
import type { SourceFile } from '../../../audit/documents/place.ts'
import { unreachableError } from '../../../model/errors.ts'
import type { Manifest } from '../../../sources/files/manifests.ts'

/** What was mended. */
export interface Mended {
  /** Findings. */
  count: number
  /** Files. */
  files: number
  /** The inputs, with the new texts. */
  inputs(before: readonly AuditInput[]): AuditInput[]
}

/**
 * Splices the fixes into their files; every other byte stays. A file that is not exactly the text that was judged any more is
 * left alone, and one that comes from standard input has nowhere to be written to.
 */
export async function applyFixes(
  audit: Audit,
  manifests: ReadonlyMap<SourceFile, Manifest>,
): Promise<Mended> {
  const texts = new Map<SourceFile, string>()
  let count = 0
  for (const { file, text, fixed } of spliced(audit.findings)) {
    const manifest = manifests.get(file)
    if (manifest === undefined || !manifest.isExact) continue
    await replace(manifest, text)
    texts.set(file, text)
    count += fixed
  }
  return {
    count,
    files: texts.size,
    inputs: (before) =>
      before.map((input) => {
        const text = texts.get(input.file)
        return text === undefined ? input : { ...input, file: { ...input.file, text } }
      }),
  }
}

/** A new file takes the place of the old one at once, so that nobody sees half of it. */
async function replace({ absolute, path, text: before }: Manifest, text: string): Promise<void> {
  const real = await realpath(absolute)
  const beside = `${real}.stella-${process.pid}`
  try {
    if ((await readFile(real, 'utf8')) !== before) return
    const { mode } = await stat(real)
    await writeFile(beside, text, { mode, flag: 'wx' })
    await rename(beside, real)
  } catch (error) {
    await rm(beside, { force: true })
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw unreachableError(
      `cannot be written (${code})`,
      path,
      'check its permissions, or leave --fix out',
      {
        cause: error,
      },
    )
  }
}
