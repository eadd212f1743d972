/** What the layers of an image show together: the files that catalogers read, and are there in the end. */
import type { Found } from '../../sbom/cataloger.ts'
import { fragmentLines, fragmentSummary } from '../layer/read-fragment.ts'
import type { PlacedLine } from '../layer/read-fragment.ts'
import { FileSystem } from './file-system.ts'

/** A layer as it takes part. */
export interface SquashedLayer {
  diffId: string | null
  /** The path of its fragment. */
  fragment: string
}

/** A line of a fragment that counts. */
export interface Visible {
  /** Counted from the lowest. */
  layer: number
  /** Where the file is in the end. */
  path: string
  by: string
  /** Whether it tells of something else than packages that are installed. */
  tellsMore: boolean
  /** Of the line in its fragment. */
  offset: number
  length: number
}

export interface Squashed {
  /** The lines that count, lowest layer first. */
  visible: readonly Visible[]
  /** Lines that would count, too, beyond what an image may have. */
  leftOut: number
  /** Other names of a file, by links to the folders above it. */
  otherNames(path: string): readonly string[]
}

/** One entry for each line of what was found is held in memory, and nothing of all other files. */
export function squash(layers: readonly SquashedLayer[], maxFiles?: number): Squashed {
  const files = new FileSystem<Visible>(maxFiles)
  layers.forEach(({ fragment }, layer) => {
    files.beginLayer()
    const linked = linkedIn(fragment, layer)
    for (const line of fragmentLines(fragment)) take(files, layer, line, linked)
  })
  return {
    visible: files.all().toSorted((a, b) => a.layer - b.layer || a.offset - b.offset),
    leftOut: files.leftOut,
    otherNames: files.namesByLinks(),
  }
}

type Linked = ReadonlyMap<string, readonly Visible[]>

/** What stands at the end of a fragment is known before its names come. */
function linkedIn(fragment: string, layer: number): Linked {
  const linked = new Map<string, Visible[]>()
  if ((fragmentSummary(fragment)?.linked ?? 0) === 0) return linked
  for (const { line, offset, length } of fragmentLines(fragment, 'linked')) {
    if (line.kind !== 'linked') continue
    const tellsMore = doesTellMore(line.found)
    const hit = { layer, path: line.path, by: one(line.by), tellsMore, offset, length }
    linked.set(line.path, [...(linked.get(line.path) ?? []), hit])
  }
  return linked
}

function take(
  files: FileSystem<Visible>,
  layer: number,
  { line, offset, length }: PlacedLine,
  linked: Linked,
): void {
  switch (line.kind) {
    case 'entries':
      for (const name of line.names) files.put(line.folder, name)
      break
    case 'hit': {
      const tellsMore = doesTellMore(line.found)
      files.keep((path) => ({ layer, path, by: one(line.by), tellsMore, offset, length }))
      break
    }
    case 'alias': {
      const target = cleaned(line.target)
      const hits = linked.get(target) ?? files.at(files.place(target))
      for (const hit of hits) files.keep((path) => ({ ...hit, path }))
      break
    }
    case 'link':
      files.link(line.target)
      break
    case 'gone':
      files.remove(line.path)
      break
    case 'opaque':
      files.empty(line.path)
      break
    case 'linked':
    case 'problem':
    case 'summary':
  }
}

function doesTellMore(found: readonly Found[]): boolean {
  return found.some((one) => one.kind !== 'package' || one.isDeclared === true)
}

const texts = new Map<string, string>()

/** The same text for all: each line brings its own. */
function one(text: string): string {
  const known = texts.get(text)
  if (known === undefined) texts.set(text, text)
  return known ?? text
}

function cleaned(target: string): string {
  return target.replace(/^(?:\.?\/)+/, '')
}
