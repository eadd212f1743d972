/** What the layers of an image show together: the files that catalogers read, and are there in the end. */
import type { FragmentPlace } from '../layer/fragment.ts'
import { fragmentLines, fragmentMarks } from '../layer/read-fragment.ts'
import { Links } from './links.ts'
import { Places } from './paths.ts'

/** A layer as it takes part. */
export interface SquashedLayer {
  diffId: string | null
  fragment: FragmentPlace
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
  const hits = readHits(layers)
  const links = new Links()
  for (const { path } of hits) links.want(path)
  layers.forEach(({ fragment }, layer) => {
    for (const { line } of fragmentLines(fragment)) {
      if (line.kind === 'link') links.take(layer, line.path, line.target)
    }
  })
  const settled = hits.map((hit) => ({ ...hit, path: links.resolve(hit.layer, hit.path) }))

  const places = new Places()
  for (const { path } of settled) {
    places.add(path)
    for (const { name } of links.otherNames(path)) places.add(name)
  }
  layers.forEach(({ fragment }, layer) => {
    for (const { line } of fragmentLines(fragment)) {
      if (line.kind === 'gone') places.remove(layer, line.path)
      else if (line.kind === 'opaque') places.empty(layer, line.path)
    }
    for (const { hash, isFolder } of fragmentMarks(fragment)) places.mark(layer, hash, isFolder)
  })
  return {
    visible: settled.filter(
      ({ layer, path }) =>
        places.isThere(layer, path) &&
        links.otherNames(path).every(({ name, link }) => places.isThere(layer, name, link)),
    ),
    otherNames: (path) => links.otherNames(path).map(({ name }) => name),
  }
}

/** All lines of hits; second names of a file are hits, too, with what was found under the first. */
function readHits(layers: readonly SquashedLayer[]): Visible[] {
  return layers.flatMap(({ fragment }, layer) => {
    const hits: Visible[] = []
    const aliases: { path: string; target: string }[] = []
    for (const { line, offset, length } of fragmentLines(fragment)) {
      if (line.kind === 'hit') hits.push({ layer, path: line.path, by: line.by, offset, length })
      else if (line.kind === 'alias') aliases.push(line)
    }
    const byPath = Map.groupBy(hits, ({ path }) => path)
    const second = aliases.flatMap(({ path, target }) =>
      (byPath.get(cleaned(target)) ?? []).map((hit) => ({ ...hit, path })),
    )
    return [...hits, ...second]
  })
}

function cleaned(target: string): string {
  return target.replace(/^(?:\.?\/)+/, '')
}
