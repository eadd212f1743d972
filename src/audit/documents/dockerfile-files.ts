import type { ContainerFiles, Variable } from '../workload.ts'
import type { Beside } from './beside.ts'
import { textOf, type HereDocument, type Instruction } from './dockerfile-instructions.ts'
import { type Excerpt, stretchOf, wholeFile, withoutTabs } from './excerpt.ts'
import { cleanPath } from './mounts.ts'
import { baseName, shellWords } from './words.ts'

/** What an instruction does to files. */
type Layer =
  | { kind: 'copy'; target: string; sources: readonly string[]; isFromElsewhere: boolean }
  | { kind: 'texts'; target: string; documents: readonly HereDocument[] }
  | { kind: 'script'; text: string }

/**
 * The files that a stage puts into its image: texts within the Dockerfile, and files beside it, whose folder is taken for what is
 * built from. A file that a later script names is not known: it may have been changed.
 */
export function imageFiles(
  stage: readonly Instruction[],
  environment: ReadonlyMap<string, Variable>,
  beside: Beside,
): ContainerFiles {
  const layers: Layer[] = []
  let folder: string | null = null
  for (const instruction of stage) {
    const words = wordsOf(instruction, environment)
    if (instruction.name === 'WORKDIR') folder = pathIn(folder, words[0] ?? '$')
    const layer = layerOf(instruction, words, folder)
    if (layer !== null) layers.push(layer)
  }
  const read = (path: string): Excerpt | null => textAt(`/${path}`, layers.toReversed(), beside)
  const names = (path: string): string[] => namesIn(path === '' ? '' : `/${path}`, layers, beside)
  return { workingDirectory: folder, mounts: [{ path: '', read, names }] }
}

function layerOf(
  { name, rest, documents }: Instruction,
  words: readonly string[],
  folder: string | null,
): Layer | null {
  if (name === 'RUN') {
    return { kind: 'script', text: rest.file.text.slice(rest.start, documentsEnd(rest, documents)) }
  }
  if (name !== 'COPY' && name !== 'ADD') return null
  const paths = words.filter((word) => !word.startsWith('--') && !word.startsWith('<<'))
  const last = paths.at(-1)
  const target = last === undefined ? null : pathIn(folder, last)
  if (target === null || last === undefined) return null
  if (documents.length > 0) {
    const isFolder = last.endsWith('/') || documents.length > 1
    return { kind: 'texts', target: isFolder ? `${target}/` : target, documents }
  }
  const sources = paths.slice(0, -1)
  const isFromElsewhere = words.some((word) => word.startsWith('--from='))
  return { kind: 'copy', target, sources, isFromElsewhere }
}

function documentsEnd({ end }: Instruction['rest'], documents: readonly HereDocument[]): number {
  return documents.at(-1)?.body.end ?? end
}

/** The last layer that has a path says what is there. */
function textAt(path: string, layers: readonly Layer[], beside: Beside): Excerpt | null {
  for (const layer of layers) {
    if (layer.kind === 'script') {
      if (layer.text.includes(baseName(path))) return null
      continue
    }
    if (layer.kind === 'texts') {
      const document = layer.documents.find(({ name }) => documentPath(layer, name) === path)
      if (document !== undefined) return documentText(document)
      continue
    }
    if (path !== layer.target && !path.startsWith(`${layer.target}/`)) continue
    if (layer.isFromElsewhere) return null
    const below = path.slice(layer.target.length + 1)
    const file = sourcesOf(layer.sources, below)
      .map(beside.read)
      .find((found) => found !== null)
    if (file !== undefined && file !== null) return wholeFile(file)
  }
  return null
}

function documentPath({ target }: { target: string }, name: string): string {
  return target.endsWith('/') ? `${target}${name}` : target
}

function documentText({ body, isLiteral, isIndented }: HereDocument): Excerpt | null {
  const excerpt = isIndented ? withoutTabs(body) : stretchOf(body)
  return !isLiteral && excerpt.text.includes('$') ? null : excerpt
}

/** Where a file of the image may come from: a source is the file itself, its folder, or a pattern of its name. */
function sourcesOf(sources: readonly string[], below: string): string[] {
  return sources.flatMap((source) => {
    if (source.includes('$')) return []
    if (below === '') return source.includes('*') ? [] : [source]
    if (source.includes('*')) return isMatch(source, below) ? [join(folderOf(source), below)] : []
    return baseName(source) === below ? [source, join(source, below)] : [join(source, below)]
  })
}

function isMatch(source: string, name: string): boolean {
  const [before = '', after = '', more] = baseName(source).split('*')
  const isShort = name.length < before.length + after.length
  return more === undefined && !isShort && name.startsWith(before) && name.endsWith(after)
}

function namesIn(folder: string, layers: readonly Layer[], beside: Beside): string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'script') return []
    const below = folder === layer.target ? '' : folder.slice(layer.target.length + 1)
    if (layer.kind === 'texts') {
      return layer.documents.flatMap(({ name }) => childOf(folder, documentPath(layer, name)))
    }
    if (layer.isFromElsewhere) return []
    if (folder !== layer.target && !folder.startsWith(`${layer.target}/`)) {
      return childOf(folder, layer.target)
    }
    return layer.sources.flatMap((source) => {
      if (source.includes('*')) return below === '' ? beside.names(folderOf(source)) : []
      const inFolder = beside.names(join(source, below))
      return inFolder.length === 0 && below === '' ? [baseName(source)] : inFolder
    })
  })
}

/** The name of a path that lies right in a folder. */
function childOf(folder: string, path: string): string[] {
  const name = baseName(path)
  return `${folder}/${name}` === path ? [name] : []
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '.' : path.slice(0, slash)
}

function join(folder: string, name: string): string {
  return name === '' ? folder : `${folder.replace(/\/$/, '')}/${name}`
}

/** Null where a variable that is not known is in it, or it begins where only the base image knows. */
function pathIn(folder: string | null, path: string): string | null {
  if (path.includes('$')) return null
  if (path.startsWith('/')) return cleanPath(path)
  return folder === null ? null : cleanPath(`${folder}/${path}`)
}

/** What the base image sets and everybody uses (docker-library/php). */
const OF_BASE_IMAGES: ReadonlyMap<string, string> = new Map([['PHP_INI_DIR', '/usr/local/etc/php']])

function wordsOf(
  { rest }: Instruction,
  environment: ReadonlyMap<string, Variable>,
): readonly string[] {
  const text = textOf(rest).replace(/\\(\r?\n)/g, ' $1')
  const filled = text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced?: string, plain?: string) => {
      const name = braced ?? plain ?? ''
      return environment.get(name)?.value ?? OF_BASE_IMAGES.get(name) ?? whole
    },
  )
  // The list form is JSON.
  const list = /^\s*(?:--\S+\s+)*\[/.test(filled) ? filled.replace(/[[\],]/g, ' ') : filled
  return shellWords({ text: list, place: rest }).map((word) => word.text)
}
