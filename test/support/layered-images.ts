/** Images of many layers that change each other in all ways, and what a runtime makes of them. */
import { randomFrom } from './random-from.ts'

export interface LayerEntry {
  path: string
  kind: 'file' | 'folder' | 'symbolic-link' | 'hard-link'
  /** Of links. */
  target?: string
  text?: string
}

type Node =
  | { kind: 'folder'; children: Map<string, Node> }
  | { kind: 'file'; text: string }
  | { kind: 'link'; target: string }
type Folder = Extract<Node, { kind: 'folder' }>

const NAMES = ['a', 'b', 'c', 'package.json']
const WHITEOUT = '.wh.'

/** Layers that can be unpacked, and the packages that are there in the end, by their path. */
export function layeredImage(seed: number): {
  layers: readonly (readonly LayerEntry[])[]
  packages: ReadonlyMap<string, string>
} {
  const random = randomFrom(seed)
  const root = folder()
  let count = 0
  const name = (): string => NAMES[random(NAMES.length)] ?? ''
  const path = (): string => {
    const folders = Array.from({ length: random(4) }, () => ['a', 'b', 'c'][random(3)] ?? 'a')
    return [...folders, name()].join('/')
  }
  const linked = (): string => {
    const up = '../'.repeat(random(3))
    return random(2) === 0 ? `/${path()}` : `${up}${path()}`
  }
  const made = (): LayerEntry => {
    const chosen = random(20)
    if (chosen < 8) {
      const isPackage = random(4) > 0
      const at = isPackage ? `${random(3) === 0 ? '' : `${path()}/`}package.json` : path()
      return { path: at, kind: 'file', text: packageText(`p${count++}`) }
    }
    if (chosen < 11) return { path: path(), kind: 'folder' }
    if (chosen < 14) return { path: path(), kind: 'symbolic-link', target: linked() }
    if (chosen < 16) {
      const target = `${random(2) === 0 ? '' : `${path()}/`}package.json`
      return { path: path(), kind: 'hard-link', target }
    }
    if (chosen < 19) return { path: removed(path()), kind: 'file', text: '' }
    return { path: `${path()}/.wh..wh..opq`, kind: 'file', text: '' }
  }
  const layers = Array.from({ length: 1 + random(30) }, () => {
    const own = new Set<Node>()
    const seen = new Set<string>()
    return Array.from({ length: 1 + random(8) }, made).filter((entry) => {
      // An entry and a whiteout of one name in one layer, or one name twice: nobody makes such layers.
      const plain = entry.path.replace(WHITEOUT, '')
      if (seen.has(plain)) return false
      const isPut = put(root, entry, own)
      if (isPut) seen.add(plain)
      return isPut
    })
  })
  return { layers, packages: new Map(packagesIn(root, '')) }
}

function removed(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  return `${path.slice(0, slash)}${WHITEOUT}${path.slice(slash)}`
}

function packageText(name: string): string {
  return JSON.stringify({ name, version: '1.0.0' })
}

function folder(): Folder {
  return { kind: 'folder', children: new Map() }
}

/** Unpacks one entry as umoci does; false where that would fail. */
function put(root: Folder, entry: LayerEntry, own: Set<Node>): boolean {
  const slash = entry.path.lastIndexOf('/')
  const name = entry.path.slice(slash + 1)
  const isWhiteout = name.startsWith(WHITEOUT)
  const chain = opened(root, entry.path.slice(0, Math.max(0, slash)), !isWhiteout)
  const parent = chain?.at(-1)
  if (chain === null || parent === undefined) return isWhiteout && chain !== null
  if (name === '.wh..wh..opq') {
    clear(parent, own)
    return true
  }
  if (isWhiteout) {
    const key = name.slice(WHITEOUT.length)
    const child = parent.children.get(key)
    if (child === undefined) return true
    if (!own.has(child)) parent.children.delete(key)
    else if (child.kind === 'folder') clear(child, own)
    return true
  }
  const made = nodeOf(root, entry)
  if (made === null) return false
  const there = parent.children.get(name)
  const isKept = entry.kind === 'folder' && there?.kind === 'folder'
  // The folder that holds the other name of a file goes before the link is made.
  if (entry.kind === 'hard-link' && there !== undefined) return false
  if (!isKept) parent.children.set(name, made)
  own.add(isKept ? there : made)
  for (const one of chain) own.add(one)
  return true
}

function nodeOf(root: Folder, { kind, text = '', target = '' }: LayerEntry): Node | null {
  switch (kind) {
    case 'folder':
      return folder()
    case 'file':
      return { kind: 'file', text }
    case 'symbolic-link':
      return { kind: 'link', target }
    case 'hard-link': {
      const slash = target.lastIndexOf('/')
      const chain = opened(root, target.slice(0, Math.max(0, slash)), false)
      const other = chain?.at(-1)?.children.get(target.slice(slash + 1))
      return other?.kind === 'file' ? { ...other } : null
    }
  }
}

/** What lies in a folder of a lower layer goes. */
function clear(from: Folder, own: ReadonlySet<Node>): void {
  for (const [name, child] of from.children) {
    if (!own.has(child)) from.children.delete(name)
    else if (child.kind === 'folder') clear(child, own)
  }
}

/**
 * The folders that a path leads through, with links followed inside of the root; missing ones are made. Empty: it is not
 * there. Null: it cannot be.
 */
function opened(root: Folder, path: string, isMade: boolean): Folder[] | null {
  const chain = [root]
  const left = path.split('/').toReversed()
  let jumps = 0
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const last = chain.at(-1)
    if (last === undefined) return null
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (chain.length > 1) chain.pop()
      continue
    }
    const next = last.children.get(part)
    if (next?.kind === 'folder') chain.push(next)
    else if (next?.kind === 'link') {
      if (++jumps > 20) return null
      if (next.target.startsWith('/')) chain.length = 1
      left.push(...next.target.split('/').toReversed())
    } else if (next?.kind === 'file') return null
    else if (!isMade) return []
    else {
      const made = folder()
      last.children.set(part, made)
      chain.push(made)
    }
  }
  return chain
}

function* packagesIn(from: Folder, above: string): Generator<[string, string]> {
  for (const [name, child] of from.children) {
    const path = above === '' ? name : `${above}/${name}`
    if (child.kind === 'folder') yield* packagesIn(child, path)
    else if (child.kind === 'file' && name === 'package.json') yield [path, child.text]
  }
}
