import type { Container, ContainerFiles, FileMount } from '../workload.ts'
import type { Beside } from './beside.ts'
import { type Excerpt, wholeFile } from './excerpt.ts'

/** A file at a path, or something of which nothing but its place is known. */
export function mountOfFile(path: string, read: () => Excerpt | null): FileMount {
  return { path: cleanPath(path), read: (below) => (below === '' ? read() : null), names: () => [] }
}

/** A folder with these files. */
export function mountOfFiles(
  path: string,
  files: ReadonlyMap<string, () => Excerpt | null>,
): FileMount {
  return {
    path: cleanPath(path),
    read: (below) => files.get(below)?.() ?? null,
    names: (below) => (below === '' ? [...files.keys()] : []),
  }
}

/** A file or a folder of the repository. */
export function mountOfBeside(path: string, beside: Beside, source: string): FileMount {
  const at = (below: string): string => (below === '' ? source : `${source}/${below}`)
  return {
    path: cleanPath(path),
    read(below) {
      const file = beside.read(at(below))
      return file === null ? null : wholeFile(file)
    },
    names: (below) => beside.names(at(below)),
  }
}

/** The text of a file that a program reads; null where it is not known. A relative path begins in the working directory. */
export function fileAt({ files }: Container, path: string): Excerpt | null {
  const absolute = absoluteIn(files, path)
  const mount = absolute === null ? null : mountOf(files, absolute)
  return mount === null || absolute === null ? null : mount.read(belowOf(mount.path, absolute))
}

/** A file of a container. */
export interface SeenFile {
  path: string
  excerpt: Excerpt
}

/** More than any configuration has. */
const MAX_FILES = 100

/** The files right in a folder that are known and whose names are meant, in the order of their names. */
export function filesIn(container: Container, folder: string, name: RegExp): SeenFile[] {
  const { files } = container
  const absolute = absoluteIn(files, folder)
  if (absolute === null || files === undefined) return []
  const mount = mountOf(files, absolute)
  const mounted = files.mounts
    .filter(({ path }) => path.startsWith(`${absolute}/`))
    .map(({ path }) => belowOf(absolute, path))
  const names = new Set([...(mount?.names(belowOf(mount.path, absolute)) ?? []), ...mounted])
  return [...names]
    .filter((each) => !each.includes('/') && name.test(each))
    .toSorted()
    .slice(0, MAX_FILES)
    .flatMap((each) => {
      const path = `${absolute}/${each}`
      const excerpt = fileAt(container, path)
      return excerpt === null ? [] : [{ path, excerpt }]
    })
}

/** Without `.`, `..` and slashes that say nothing; the root is the empty text. */
export function cleanPath(path: string): string {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps.map((step) => `/${step}`).join('')
}

function absoluteIn(files: ContainerFiles | undefined, path: string): string | null {
  // Only the container knows what a variable stands for, and where a home is.
  if (files === undefined || /[$~*]/.test(path) || path === '') return null
  if (path.startsWith('/')) return cleanPath(path)
  return files.workingDirectory === null ? null : cleanPath(`${files.workingDirectory}/${path}`)
}

/** The deepest one hides what lies below it. */
function mountOf(files: ContainerFiles | undefined, path: string): FileMount | null {
  let deepest: FileMount | null = null
  for (const mount of files?.mounts ?? []) {
    const covers = path === mount.path || path.startsWith(`${mount.path}/`)
    if (covers && mount.path.length >= (deepest?.path.length ?? 0)) deepest = mount
  }
  return deepest
}

function belowOf(folder: string, path: string): string {
  return path.slice(folder.length).replace(/^\//, '')
}
