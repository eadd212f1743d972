/**
 * What is there after each entry of each layer, as far as it matters: of files that something is kept for, and of links to
 * folders. Everything else is only a path that may hide one of these.
 *
 * Where runtimes unpack in different ways, this does as umoci and containerd do: names lead through the links that are
 * there when their entry comes, a folder takes the place of a link, and a whiteout never removes what its own layer brings
 * (Docker removes that, too, where it came before; no layer is made so).
 */
import { hashesIn, pathHash } from '../layer/path-hash.ts'

/** Links that are held; an image that has more was made to have them. */
const MAX_LINKS = 50_000
/** Files that something is kept for: each takes about 450 bytes, and all of them have to fit beside everything else. */
export const MAX_FILES = 100_000
/** As Linux follows. path_resolution(7) */
const MAX_JUMPS = 40
const NEVER = 0

/** When something happened to a path: entries are counted over all layers. */
interface Place {
  /** What is here, and below, was removed or replaced. */
  ended: number
  /** A folder came here: it ends what is none. */
  folder: number
  /** What is below was removed. */
  emptied: number
}

interface Kept<Value> {
  since: number
  values: Value[]
}

export class FileSystem<Value> {
  /** By the hash of the path: of all that is kept, and of the folders above it. Null: nothing happened there. */
  readonly #places = new Map<number, Place | null>()
  readonly #files = new Map<string, Kept<Value>>()
  readonly #links = new Map<string, { since: number; target: string }>()
  readonly #maxFiles: number
  #leftOut = 0
  #now = NEVER
  #layerBegan = NEVER
  /** Where the last entry is. */
  #lastFolder = ''
  #lastName = ''
  /** Raised when a folder may lead elsewhere than before. */
  #edition = 0
  #resolved = { folder: '', edition: 0, settled: '' }
  /** Entries of one folder come together. */
  #hashesIn = { folder: '', hashOf: hashesIn('') }

  constructor(maxFiles = MAX_FILES) {
    this.#maxFiles = maxFiles
  }

  /** Files that something was to be kept for, beyond what can be held. */
  get leftOut(): number {
    return this.#leftOut
  }

  beginLayer(): void {
    this.#layerBegan = ++this.#now
  }

  /** An entry comes; a name with a slash at its end is that of a folder. What it is follows, where it matters. */
  put(folder: string, name: string): void {
    this.#now++
    const isFolder = name.endsWith('/')
    const settled = this.resolve(folder)
    this.#lastFolder = settled
    this.#lastName = isFolder ? name.slice(0, -1) : name
    if (this.#hashesIn.folder !== settled)
      this.#hashesIn = { folder: settled, hashOf: hashesIn(settled) }
    const place = this.#happens(this.#hashesIn.hashOf(this.#lastName))
    if (place === null) return
    this.#edition++
    if (isFolder) place.folder = this.#now
    else place.ended = this.#now
  }

  /** The last entry is a file, and this is known of it, once its path is known. */
  keep(make: (path: string) => Value): void {
    const path = joined(this.#lastFolder, this.#lastName)
    const value = make(path)
    const kept = this.#files.get(path)
    if (kept?.since === this.#now) {
      kept.values.push(value)
      return
    }
    if (kept === undefined && this.#files.size >= this.#maxFiles) {
      this.#leftOut++
      return
    }
    this.#files.set(path, { since: this.#now, values: [value] })
    this.#watch(path)
  }

  /** The last entry is a symbolic link. */
  link(target: string): void {
    const path = joined(this.#lastFolder, this.#lastName)
    this.#edition++
    if (this.#links.size >= MAX_LINKS && !this.#links.has(path)) return
    this.#links.set(path, { since: this.#now, target })
    this.#watch(path)
  }

  /** A whiteout: it tells of layers below its own. */
  remove(path: string): void {
    this.#edition++
    const place = this.#happens(pathHash(this.place(path)))
    if (place !== null) place.ended = Math.max(place.ended, this.#layerBegan)
  }

  empty(folder: string): void {
    this.#edition++
    const place = this.#happens(pathHash(this.resolve(folder)))
    if (place !== null) place.emptied = Math.max(place.emptied, this.#layerBegan)
  }

  /** Where a name leads: through links in the folders above it, but not through itself. */
  place(path: string): string {
    const slash = path.lastIndexOf('/')
    return slash === -1 ? path : joined(this.resolve(path.slice(0, slash)), path.slice(slash + 1))
  }

  /** Where a folder is, through all links. What points outside of the root stays in it. */
  resolve(folder: string): string {
    if (this.#links.size === 0) return folder
    const { folder: last, edition, settled } = this.#resolved
    if (last === folder && edition === this.#edition) return settled
    this.#resolved = { folder, edition: this.#edition, settled: this.#follow(folder) }
    return this.#resolved.settled
  }

  /** What is kept of a file that is there now. */
  at(path: string): readonly Value[] {
    const kept = this.#files.get(path)
    return kept !== undefined && this.#isThere(path, kept.since) ? kept.values : []
  }

  /** What is kept of all files that are there now. */
  all(): Value[] {
    return [...this.#files.keys()].flatMap((path) => this.at(path))
  }

  /** Other names that the links of now give to a file. */
  namesByLinks(): (path: string) => string[] {
    const names = new Map<string, string[]>()
    for (const [path, { since }] of this.#links) {
      if (!this.#isThere(path, since)) continue
      const target = this.resolve(path)
      names.set(target, [...(names.get(target) ?? []), path])
    }
    return (path) =>
      [...withFolders(path)]
        .slice(1)
        .flatMap((folder) =>
          (names.get(folder) ?? []).map((name) => name + path.slice(folder.length)),
        )
  }

  #follow(folder: string): string {
    let settled = ''
    let jumps = 0
    const left = folder.split('/').toReversed()
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        settled = settled.slice(0, Math.max(0, settled.lastIndexOf('/')))
        continue
      }
      const path = joined(settled, part)
      const link = this.#links.get(path)
      if (link === undefined || !this.#isThere(path, link.since)) {
        settled = path
        continue
      }
      if (++jumps > MAX_JUMPS) return folder
      if (link.target.startsWith('/')) settled = ''
      left.push(...link.target.split('/').toReversed())
    }
    return settled
  }

  /** From now on, what happens to a path and to the folders above it is written down. */
  #watch(path: string): void {
    for (const part of withFolders(path)) {
      const hash = pathHash(part)
      if (this.#places.has(hash)) return
      this.#places.set(hash, null)
    }
  }

  /** Null where nothing that is kept can be touched by it. */
  #happens(hash: number): Place | null {
    const known = this.#places.get(hash)
    if (known !== null) return known ?? null
    const place = { ended: NEVER, folder: NEVER, emptied: NEVER }
    this.#places.set(hash, place)
    return place
  }

  #isThere(path: string, since: number): boolean {
    for (const part of withFolders(path)) {
      const place = this.#places.get(pathHash(part))
      if (place === undefined || place === null) continue
      if (place.ended > since) return false
      if ((part === path ? place.folder : place.emptied) > since) return false
    }
    return true
  }
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
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
