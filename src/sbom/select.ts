/** Finds the catalogers that want a file, by its path alone. */
import type { Cataloger } from './cataloger.ts'

export interface Wanting {
  /** Who wants it whatever it holds. */
  surely: readonly Cataloger[]
  /** Who wants it if it begins as a program does. */
  ifProgram: readonly Cataloger[]
}

const NOBODY: readonly Cataloger[] = []

/** An image has hundreds of thousands of files, and most are nobody's: for these, nothing is made but the parts of their names. */
export function selectorOf(catalogers: readonly Cataloger[]): (path: string) => Wanting {
  const names = new Map<string, Cataloger[]>()
  const endings = new Map<string, Cataloger[]>()
  /** By the name of the file first, whose hash is known by then. */
  const paths = new Map<string, Map<string, Cataloger[]>>()
  const folders = new Map<string, Cataloger[]>()
  const programs: Cataloger[] = []
  for (const cataloger of catalogers) {
    const { selects } = cataloger
    for (const name of selects.names ?? []) add(names, name, cataloger)
    for (const ending of selects.endings ?? []) add(endings, ending, cataloger)
    for (const path of selects.paths ?? []) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const places = paths.get(name) ?? new Map<string, Cataloger[]>()
      paths.set(name, places)
      add(places, path, cataloger)
    }
    for (const folder of selects.folders ?? []) add(folders, folder, cataloger)
    if (selects.programs === true) programs.push(cataloger)
  }
  // Endings may hold a dot themselves, as `.deps.json`.
  const dots = Math.max(0, ...[...endings.keys()].map((ending) => ending.split('.').length - 1))
  const folderLengths = new Set([...folders.keys()].map((folder) => folder.length))

  const noneIsSure: Wanting = { surely: NOBODY, ifProgram: programs }
  const isAnyProgram = programs.every(({ selects }) => selects.accepts === undefined)

  function surelyWanting(path: string): readonly Cataloger[] {
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    let found = names.get(name) ?? NOBODY
    let dot = name.length
    for (let count = 0; count < dots && dot > 0; count++) {
      dot = name.lastIndexOf('.', dot - 1)
      if (dot < 0) break
      found = together(found, endings.get(name.slice(dot).toLowerCase()))
    }
    found = together(found, paths.get(name)?.get(path))
    if (folderLengths.has(slash)) found = together(found, folders.get(path.slice(0, slash)))
    return found.length === 0 ? found : found.filter((one) => accepts(one, path))
  }

  return (path) => {
    const surely = surelyWanting(path)
    if (surely.length === 0 && isAnyProgram) return noneIsSure
    return {
      surely,
      ifProgram: programs.filter((one) => !surely.includes(one) && accepts(one, path)),
    }
  }
}

function accepts({ selects }: Cataloger, path: string): boolean {
  return selects.accepts?.(path) !== false
}

/** Each of them once. */
function together(
  some: readonly Cataloger[],
  more: readonly Cataloger[] = NOBODY,
): readonly Cataloger[] {
  if (more.length === 0) return some
  return some.length === 0 ? more : [...new Set([...some, ...more])]
}

function add(map: Map<string, Cataloger[]>, key: string, cataloger: Cataloger): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [cataloger])
  else known.push(cataloger)
}

/** ELF, the DOS header of PE, and Mach-O in both byte orders, thin and fat. */
export function beginsAsProgram(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const [a, b, c, d] = bytes
  if (a === 0x7f) return b === 0x45 && c === 0x4c && d === 0x46
  if (a === 0x4d) return b === 0x5a
  if (a === 0xfe) return b === 0xed && c === 0xfa && (d === 0xce || d === 0xcf)
  if (a === 0xce || a === 0xcf) return b === 0xfa && c === 0xed && d === 0xfe
  return a === 0xca && b === 0xfe && c === 0xba && (d === 0xbe || d === 0xbf)
}
