/** Folders that are symbolic links: a file that an upper layer brings through one lies where the link points. */
import { cleanPath } from '../layer/tar-entries.ts'
import { withFolders } from './paths.ts'

/** Links that matter; an image that has more was made to have them. */
const MAX_LINKS = 10_000
const MAX_JUMPS = 40

interface Link {
  layer: number
  /** From the root. */
  target: string
}

export class Links {
  readonly #wanted = new Set<string>()
  readonly #links = new Map<string, Link[]>()
  /** By where they point. */
  readonly #names = new Map<string, string[]>()
  #count = 0

  /** A path that links may lead to or from. */
  want(path: string): void {
    let isItself = true
    for (const part of withFolders(path)) {
      if (!isItself && part !== '') {
        if (this.#wanted.has(part)) return
        this.#wanted.add(part)
      }
      isItself = false
    }
  }

  take(layer: number, path: string, target: string): void {
    const place = targetOf(path, target)
    if (place === null || place === '') return
    const leadsFrom = this.#wanted.has(path)
    const leadsTo = this.#wanted.has(place)
    if ((!leadsFrom && !leadsTo) || this.#count >= MAX_LINKS) return
    this.#count++
    add(this.#links, path, { layer, target: place })
    if (leadsTo) add(this.#names, place, path)
  }

  /** Where a file lies that a layer brings under this name: through links of the layers below it. */
  resolve(layer: number, path: string): string {
    let settled = path
    for (let jumps = 0; jumps < MAX_JUMPS; jumps++) {
      const next = this.#jump(layer, settled)
      if (next === null) return settled
      settled = next
    }
    return path
  }

  /** Other names of a file, by links to the folders above it. */
  otherNames(path: string): { name: string; link: string }[] {
    const found: { name: string; link: string }[] = []
    for (const part of withFolders(path)) {
      for (const link of this.#names.get(part) ?? []) {
        found.push({ name: link + path.slice(part.length), link })
      }
    }
    return found
  }

  #jump(layer: number, path: string): string | null {
    const folders = [...withFolders(path)].slice(1).toReversed()
    for (const folder of folders) {
      const link = this.#links.get(folder)?.findLast((one) => one.layer < layer)
      if (link !== undefined) return link.target + path.slice(folder.length)
    }
    return null
  }
}

/** From the root; null where it points outside. */
function targetOf(path: string, target: string): string | null {
  const from = target.startsWith('/') ? '' : path.slice(0, Math.max(0, path.lastIndexOf('/')))
  return cleanPath(`${from}/${target}`)
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}
