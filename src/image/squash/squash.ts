/** What the layers of an image show together: the files that catalogers read, and are there in the end. */
import { fragmentLines } from '../layer/read-fragment.ts'
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
  /** Of the line in its fragment. */
  offset: number
  length: number
}

export interface Squashed {
  /** The lines that count, lowest layer first. */
  visible: readonly Visible[]
  /** Other names of a file, by links to the folders above it. */
  otherNames(path: string): readonly string[]
}

/** One entry for each line of what was found is held in memory, and nothing of all other files. */
export function squash(layers: readonly SquashedLayer[]): Squashed {
  const files = new FileSystem<Visible>()
  layers.forEach(({ fragment }, layer) => {
    files.beginLayer()
    for (const line of fragmentLines(fragment)) take(files, layer, line)
  })
  return {
    visible: files.all().toSorted((a, b) => a.layer - b.layer || a.offset - b.offset),
    otherNames: files.namesByLinks(),
  }
}

function take(
  files: FileSystem<Visible>,
  layer: number,
  { line, offset, length }: PlacedLine,
): void {
  switch (line.kind) {
    case 'entries':
      for (const name of line.names) files.put(line.folder, name)
      break
    case 'hit':
      files.keep((path) => ({ layer, path, by: one(line.by), offset, length }))
      break
    case 'alias':
      for (const hit of files.at(files.place(cleaned(line.target)))) {
        files.keep((path) => ({ ...hit, path }))
      }
      break
    case 'link':
      files.link(line.target)
      break
    case 'gone':
      files.remove(line.path)
      break
    case 'opaque':
      files.empty(line.path)
      break
    case 'problem':
    case 'summary':
  }
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
