import { selectorOf } from '../../src/sbom/select.ts'
import type { Cataloger } from '../../src/sbom/cataloger.ts'

/** Those of the paths that a cataloger wants. */
export function selected(cataloger: Cataloger, paths: readonly string[]): string[] {
  const wanting = selectorOf([cataloger])
  return paths.filter((path) => wanting(path).surely.includes(cataloger))
}
