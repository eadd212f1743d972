/** Gives the files of a layer to the catalogers that want them, and writes down what they found and what the layer removes. */
import type { Cataloger, Found } from '../../sbom/cataloger.ts'
import { selectorOf } from '../../sbom/select.ts'
import { createBodySink } from './body-sink.ts'
import type { SecondNames } from './catalog-linked.ts'
import type { FragmentWriter, LayerSummary } from './fragment.ts'
import type { ScratchRoom } from './scratch.ts'
import { cleanPath } from './tar-entries.ts'
import type { TarEntry } from './tar-entries.ts'
import type { BodySink, LayerVisitor } from './visitor.ts'

export interface LayerCatalog extends LayerVisitor {
  readonly summary: LayerSummary
  /** Of files that were passed by under the name that came first. */
  readonly secondNames: SecondNames
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** What a file system of layers keeps for itself, as `.wh..wh.plnk`. */
const OWN = '.wh..wh.'
/** A layer that is damaged all over says so often enough with these. */
const MAX_PROBLEMS = 200
/** An image of a package manager that links from a store has some thousands. */
const MAX_SECOND_NAMES = 20_000

export function catalogLayer(options: {
  catalogers: readonly Cataloger[]
  fragment: FragmentWriter
  scratch: ScratchRoom
}): LayerCatalog {
  const { fragment, scratch } = options
  const select = selectorOf(options.catalogers)
  const summary: LayerSummary = { entries: 0, files: 0, fileBytes: 0, linked: 0 }
  const secondNames = new Map<string, string>()
  let problems = 0

  function problem(says: string, path: string | null = null): void {
    problems++
    if (problems > MAX_PROBLEMS) return
    const isLast = problems === MAX_PROBLEMS
    fragment.line({
      kind: 'problem',
      path,
      says: isLast ? 'there are more problems, which are not told' : says,
    })
  }

  function hit(path: string, by: string, found: readonly Found[]): void {
    fragment.line({ kind: 'hit', path, by, found })
  }

  function linked(path: string, target: string): void {
    fragment.line({ kind: 'alias', path, target })
    const first = cleanPath(target)
    if (first === null || secondNames.has(first) || select(first).surely.length > 0) return
    if (secondNames.size < MAX_SECOND_NAMES) secondNames.set(first, path)
    else problem('has another name that came first, as too many others have', path)
  }

  function bodyOf(entry: TarEntry): BodySink | null {
    const { path, isSparse, mode } = entry
    const { surely, ifProgram } = select(path)
    if (surely.length === 0 && (ifProgram.length === 0 || !mayBeProgram(path, mode))) return null
    if (isSparse) {
      problem('is sparse, and was not read', path)
      for (const { id } of surely) hit(path, id, [])
      return null
    }
    return createBodySink({ entry, surely, ifProgram, scratch, hit, problem })
  }

  return {
    summary,
    secondNames,
    problem: (says) => problem(says),
    entry(entry) {
      const { path, kind } = entry
      summary.entries++
      const slash = path.lastIndexOf('/')
      if (path.startsWith(WHITEOUT, slash + 1)) {
        const folder = path.slice(0, Math.max(0, slash))
        const name = path.slice(slash + 1)
        const removed = name.slice(WHITEOUT.length)
        if (name === OPAQUE) fragment.line({ kind: 'opaque', path: folder })
        else if (name.startsWith(OWN) || removed === '' || removed === '.' || removed === '..')
          return null
        else fragment.line({ kind: 'gone', path: folder === '' ? removed : `${folder}/${removed}` })
        return null
      }
      if (path === '') return null
      fragment.entry(path, kind === 'folder')
      if (kind === 'symbolic-link') fragment.line({ kind: 'link', path, target: entry.target })
      if (kind === 'hard-link') {
        if (select(path).surely.length > 0) linked(path, entry.target)
      }
      if (kind !== 'file') return null
      summary.files++
      summary.fileBytes += entry.size
      return bodyOf(entry)
    },
  }
}

/** Libraries need no right to be run. */
function mayBeProgram(path: string, mode: number): boolean {
  return (mode & 0o111) !== 0 || /\.(?:so|dll|exe|dylib|node)(?:\.[\d.]+)?$/i.test(path)
}
