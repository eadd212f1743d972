/** Reads files once more that somebody wants under a second name, and nobody under the name that came first. */
import type { Cataloger } from '../../sbom/cataloger.ts'
import { selectorOf } from '../../sbom/select.ts'
import { createBodySink } from './body-sink.ts'
import type { FragmentWriter } from './fragment.ts'
import type { ScratchRoom } from './scratch.ts'
import type { LayerVisitor } from './visitor.ts'

/** Second names, by the first one. */
export type SecondNames = ReadonlyMap<string, string>

/**
 * @returns a visitor for the same layer, and how many files it found
 */
export function catalogLinked(options: {
  names: SecondNames
  catalogers: readonly Cataloger[]
  fragment: FragmentWriter
  scratch: ScratchRoom
}): { visitor: LayerVisitor; count(): number } {
  const { names, fragment, scratch } = options
  const select = selectorOf(options.catalogers)
  let count = 0
  return {
    count: () => count,
    visitor: {
      // They were told when the layer was read for the first time.
      problem() {},
      entry(entry) {
        const name = names.get(entry.path)
        if (name === undefined || entry.kind !== 'file' || entry.isSparse) return null
        count++
        return createBodySink({
          entry: { ...entry, path: name },
          surely: select(name).surely,
          ifProgram: [],
          scratch,
          hit: (_, by, found) => fragment.line({ kind: 'linked', path: entry.path, by, found }),
          problem: (says, path) => fragment.line({ kind: 'problem', path, says }),
        })
      },
    },
  }
}
