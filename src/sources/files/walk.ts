import { constants } from 'node:fs'
import type { Dirent, Stats } from 'node:fs'
import { access, opendir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { isNoEvidence } from '../../parsers/files/no-evidence.ts'
import type { Problems } from '../../parsers/files/problems.ts'
import { errorCode } from '../../model/error-code.ts'
import { unreadInput } from '../../model/unread-input.ts'
import type { FileLimits } from './limits.ts'
import { whyNotOpened } from './live-proc.ts'
import { unreadableSentence } from './unreadable.ts'

/** A file to be read. */
export interface FoundFile {
  /** As the user knows it: the path that was given, with what lies below it. Stands in `from`. */
  shown: string
  absolute: string
  /** A pipe that was named itself, as `<(dmesg)` is: it is read as it comes. Pipes in folders are left alone. */
  pipe: boolean
}

/**
 * The files below the given paths: those of a folder in the order of their names, before its folders.
 * Symbolic links to folders are followed as long as they stay inside the folder that was given.
 *
 * @throws StellaError (exit 3) where a given path does not exist
 */
export async function* filesBelow(
  paths: readonly string[],
  limits: FileLimits,
  problems: Problems,
): AsyncGenerator<FoundFile> {
  let count = 0
  for (const given of new Set(paths)) {
    for await (const file of filesOf(given, limits, problems)) {
      const why = whyNotOpened(file.absolute)
      if (why !== null) {
        problems.add(`${file.shown} was not read: ${why}`)
        continue
      }
      if (count >= limits.maxFiles) {
        problems.add(`only the first ${limits.maxFiles} files were read; ${given} holds more`)
        return
      }
      count++
      yield file
    }
  }
}

async function* filesOf(
  given: string,
  limits: FileLimits,
  problems: Problems,
): AsyncGenerator<FoundFile> {
  const absolute = resolve(given)
  const stats = await statOfGiven(given, absolute, problems)
  if (stats === null) return
  if (stats.isFile() || stats.isFIFO()) yield { shown: given, absolute, pipe: stats.isFIFO() }
  else if (stats.isDirectory()) {
    const root = { path: await realpath(absolute), limits, problems, visited: new Set<string>() }
    yield* filesOfFolder({ shown: given, absolute }, stats, root, 0)
  } else problems.add(`${given} was not read: it is ${kindOf(stats)}`)
}

async function statOfGiven(
  given: string,
  absolute: string,
  problems: Problems,
): Promise<Stats | null> {
  try {
    return await stat(absolute)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error))) {
      throw unreadInput(error, given, 'name a file or a folder, or - for standard input')
    }
    problems.add(unreadableSentence(given, absolute, error))
    return null
  }
}

interface Root {
  path: string
  limits: FileLimits
  problems: Problems
  /** Device and inode of the folders on the way and of those done: a link back is not followed again. */
  visited: Set<string>
}

async function* filesOfFolder(
  folder: { shown: string; absolute: string },
  stats: Stats,
  root: Root,
  depth: number,
): AsyncGenerator<FoundFile> {
  const identity = `${stats.dev}:${stats.ino}`
  if (root.visited.has(identity)) return
  root.visited.add(identity)
  if (depth > root.limits.maxDepth) {
    root.problems.add(
      `${folder.shown} was not read: it lies more than ${root.limits.maxDepth} folders deep`,
    )
    return
  }
  const folders: { shown: string; absolute: string; stats: Stats }[] = []
  const { entries, isCut } = await entriesIn(folder, root)
  for (const entry of entries) {
    const inner = { shown: join(folder.shown, entry.name), absolute: pathOf(folder, entry) }
    // What the folder says of a file is enough: to ask for each takes most of the time in a large tree.
    if (entry.isFile()) yield { ...inner, pipe: false }
    else {
      const found = await statOrProblem(inner, root.problems)
      if (found === null || isLeftOut(inner.absolute, found, root)) continue
      if (found.isFile()) yield { ...inner, pipe: false }
      else if (found.isDirectory()) folders.push({ ...inner, stats: found })
      else root.problems.add(`${inner.shown} was not read: it is ${kindOf(found)}`)
    }
  }
  if (isCut) {
    root.problems.add(`only ${root.limits.maxFiles} names in ${folder.shown} were looked at`)
  }
  for (const inner of folders) {
    if (await isInside(inner.absolute, root.path))
      yield* filesOfFolder(inner, inner.stats, root, depth + 1)
  }
}

/** In the order of their names, and no more than would be read anyway. */
async function entriesIn(
  folder: { shown: string; absolute: string },
  root: Root,
): Promise<{ entries: Dirent[]; isCut: boolean }> {
  const entries: Dirent[] = []
  try {
    for await (const entry of await opendir(folder.absolute)) {
      const isKnown = entry.isFile() || entry.isDirectory()
      if (isNoEvidence(entry.name)) continue
      // What a link leads to is not known yet.
      if (isKnown && isLeftOut(pathOf(folder, entry), entry, root)) continue
      entries.push(entry)
      if (entries.length > root.limits.maxFiles) break
    }
  } catch (error) {
    root.problems.add(unreadableSentence(folder.shown, folder.absolute, error))
  }
  const isCut = entries.length > root.limits.maxFiles
  return { entries: entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)), isCut }
}

function pathOf(folder: { absolute: string }, { name }: Dirent): string {
  return join(folder.absolute, name)
}

function isLeftOut(absolute: string, entry: Dirent | Stats, { limits }: Root): boolean {
  const [isFolder, isDevice] = [entry.isDirectory(), entry.isCharacterDevice()]
  return limits.isLeftOut?.({ absolute, isFolder, isDevice }) === true
}

async function statOrProblem(
  entry: { shown: string; absolute: string },
  problems: Problems,
): Promise<Stats | null> {
  try {
    return await stat(entry.absolute)
  } catch (error) {
    // A link to nowhere, or a file that was removed meanwhile, as happens in /proc.
    if (errorCode(error) !== 'ENOENT')
      problems.add(unreadableSentence(entry.shown, entry.absolute, error))
    return null
  }
}

async function isInside(path: string, root: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK)
    const real = await realpath(path)
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)
  } catch {
    // What may not be entered is told when it is listed.
    return true
  }
}

function kindOf(stats: Stats): string {
  if (stats.isSocket()) return 'a socket'
  if (stats.isFIFO()) return 'a pipe'
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device'
  return 'not a regular file'
}
