/** What an image was found to hold, kept beside the fragments of its layers: next time nothing has to be squashed. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Distribution } from '../../model/package.ts'
import type { SbomPackage, SbomProblem } from '../../sbom/document.ts'
import { fileLines } from '../layer/file-lines.ts'
import { lastLine } from '../layer/read-fragment.ts'
import type { ImagePackages } from './packages.ts'
import type { SquashedLayer } from './squash.ts'
import { writeLines } from './write-lines.ts'

/** One line. */
type KeptLine =
  | { kind: 'package'; item: SbomPackage }
  | { kind: 'problem'; problem: SbomProblem }
  /** The last one. */
  | { kind: 'end'; distribution: Distribution | null; digest: string }

const CHUNK_BYTES = 64 * 1024

/**
 * Where the packages of an image with these layers are kept; null where one of them is kept nowhere.
 *
 * @param folder of the fragments
 */
export function keptPlace(layers: readonly SquashedLayer[], folder: string | null): string | null {
  if (folder === null || layers.some(({ fragment }) => dirname(fragment) !== folder)) return null
  // The name of a fragment says which layer it is of, and which catalogers read it.
  const names = layers.map(({ fragment }) => basename(fragment)).join('\n')
  return join(folder, `image-${createHash('sha256').update(names).digest('hex')}.jsonl`)
}

/** Null where nothing is kept there, or not all of it. */
export function keptPackages(place: string, now: number): ImagePackages | null {
  const end = endOf(place)
  if (end === null) return null
  // What was used for longest is dropped first.
  utimesSync(place, new Date(now), new Date(now))
  return {
    distribution: end.distribution,
    digest: end.digest,
    *packages() {
      for (const line of linesOf(place, 'package')) if (line.kind === 'package') yield line.item
    },
    *problems() {
      for (const line of linesOf(place, 'problem')) if (line.kind === 'problem') yield line.problem
    },
    close() {},
  }
}

/** Where it cannot be written, it is not kept. */
export function keepPackages(place: string, found: ImagePackages): void {
  const part = `${place}.${process.pid}-${performance.now()}.part`
  try {
    const descriptor = openSync(part, 'wx', 0o600)
    try {
      writeLines(descriptor, textsOf(found))
    } finally {
      closeSync(descriptor)
    }
    renameSync(part, place)
  } catch {
    rmSync(part, { force: true })
  }
}

function* textsOf(found: ImagePackages): Generator<string> {
  for (const line of keptLines()) yield JSON.stringify(line)

  function* keptLines(): Generator<KeptLine> {
    for (const item of found.packages()) yield { kind: 'package', item }
    for (const problem of found.problems()) yield { kind: 'problem', problem }
    yield { kind: 'end', distribution: found.distribution, digest: found.digest }
  }
}

function endOf(place: string): Extract<KeptLine, { kind: 'end' }> | null {
  try {
    const text = lastLine(place)
    const line: KeptLine | null = text.startsWith('{"kind":"end"') ? JSON.parse(text) : null
    return line?.kind === 'end' ? line : null
  } catch {
    return null
  }
}

function* linesOf(place: string, kind: KeptLine['kind']): Generator<KeptLine> {
  const beginning = Buffer.from(`{"kind":"${kind}"`)
  for (const bytes of fileLines(place, CHUNK_BYTES)) {
    if (!bytes.subarray(0, beginning.length).equals(beginning)) continue
    const line: KeptLine = JSON.parse(bytes.toString())
    yield line
  }
}
