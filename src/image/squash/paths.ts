/** Which files of lower layers are still there: upper layers replace, remove and hide them. */
import { pathHash } from '../layer/path-hash.ts'

/** A path that matters: one of a file that was found, or of a folder above it. */
interface Place {
  /** The highest layer that has something else than a folder here, or removes what is here. */
  endedBy: number
  /** The highest layer that has a folder here. */
  folderIn: number
  /** The highest layer that hides what lies under this folder. */
  emptiedBy: number
}

const NEVER = -1

/** Layers are numbered from the lowest, 0, upwards. */
export class Places {
  readonly #places = new Map<number, Place>()

  /** Makes a path matter, with all folders above it. */
  add(path: string): void {
    for (const part of withFolders(path)) {
      const hash = pathHash(part)
      if (this.#places.has(hash)) return
      this.#places.set(hash, { endedBy: NEVER, folderIn: NEVER, emptiedBy: NEVER })
    }
  }

  matters(path: string): boolean {
    return this.#places.has(pathHash(path))
  }

  /** A layer has an entry there. */
  mark(layer: number, hash: number, isFolder: boolean): void {
    const place = this.#places.get(hash)
    if (place === undefined) return
    if (isFolder) place.folderIn = Math.max(place.folderIn, layer)
    else place.endedBy = Math.max(place.endedBy, layer)
  }

  remove(layer: number, path: string): void {
    const place = this.#places.get(pathHash(path))
    if (place !== undefined) place.endedBy = Math.max(place.endedBy, layer)
  }

  empty(layer: number, folder: string): void {
    const place = this.#places.get(pathHash(folder))
    if (place !== undefined) place.emptiedBy = Math.max(place.emptiedBy, layer)
  }

  /**
   * Whether a file of a layer is there in the end.
   *
   * @param below what is asked of a name that begins with a link: the link itself may be made anew
   */
  isThere(layer: number, path: string, below: string | null = null): boolean {
    for (const part of withFolders(path)) {
      if (part === below) return true
      const place = this.#places.get(pathHash(part))
      if (place === undefined) continue
      if (place.endedBy > layer) return false
      if (part === path ? place.folderIn > layer : place.emptiedBy > layer) return false
    }
    return true
  }
}

/** The path itself first, and the root last. */
export function* withFolders(path: string): Generator<string> {
  let part = path
  while (part !== '') {
    yield part
    part = part.slice(0, Math.max(0, part.lastIndexOf('/')))
  }
  yield ''
}
