/** Finds the catalogers that want a file, by its path alone. */
import type { Cataloger } from './cataloger.ts'

export interface Wanting {
  /** Who wants it whatever it holds. */
  surely: readonly Cataloger[]
  /** Who wants it if it begins as a program does. */
  ifProgram: readonly Cataloger[]
}

const NOBODY: readonly Cataloger[] = []

/** An image has hundreds of thousands of files: each is looked up, never matched against a list. */
export function selectorOf(catalogers: readonly Cataloger[]): (path: string) => Wanting {
  const names = new Map<string, Cataloger[]>()
  const endings = new Map<string, Cataloger[]>()
  const paths = new Map<string, Cataloger[]>()
  const folders = new Map<string, Cataloger[]>()
  const programs: Cataloger[] = []
  for (const cataloger of catalogers) {
    const { selects } = cataloger
    for (const name of selects.names ?? []) add(names, name, cataloger)
    for (const ending of selects.endings ?? []) add(endings, ending, cataloger)
    for (const path of selects.paths ?? []) add(paths, path, cataloger)
    for (const folder of selects.folders ?? []) add(folders, folder, cataloger)
    if (selects.programs === true) programs.push(cataloger)
  }
  // Endings may hold a dot themselves, as `.deps.json`.
  const dots = Math.max(0, ...[...endings.keys()].map((ending) => ending.split('.').length - 1))

  return (path) => {
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    const found = new Set<Cataloger>(names.get(name))
    let dot = name.length
    for (let count = 0; count < dots; count++) {
      dot = name.lastIndexOf('.', dot - 1)
      if (dot < 0) break
      for (const one of endings.get(name.slice(dot).toLowerCase()) ?? NOBODY) found.add(one)
      if (dot === 0) break
    }
    for (const one of paths.get(path) ?? NOBODY) found.add(one)
    if (slash > 0) for (const one of folders.get(path.slice(0, slash)) ?? NOBODY) found.add(one)
    const surely =
      found.size === 0
        ? NOBODY
        : [...found].filter(({ selects }) => selects.accepts?.(path) !== false)
    return {
      surely,
      ifProgram: programs.filter((one) => !found.has(one) && one.selects.accepts?.(path) !== false),
    }
  }
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
