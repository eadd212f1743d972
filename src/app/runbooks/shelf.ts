/** The runbooks that come along, and those of anybody else. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCode } from '../../model/error-code.ts'
import { unreachableError, usageError } from '../../model/errors.ts'
import { unreadInput } from '../../model/unread-input.ts'
import { meantWord } from '../../parsers/nearest-word.ts'
import { anchorsIn } from '../../runbooks/document/anchors.ts'
import { MOST_TEXT, readRunbook } from '../../runbooks/document/read-runbook.ts'
import type { RunbookRead } from '../../runbooks/document/read-runbook.ts'
import type { Surroundings } from '../../runbooks/lint/finding.ts'

/** Seen from the bundle and from the sources. */
const FOLDERS = ['../runbooks', '../../../runbooks']
/** One that is always there: other folders may have the same name. */
const WITNESS = 'scanner-oom.md'
const ID = /^[a-z0-9][a-z0-9-]{0,60}$/

export interface OpenedRunbook {
  path: string
  text: string
  read: RunbookRead
}

/** Those that come along, by their ids. */
export function shelf(): readonly OpenedRunbook[] {
  return openShelf(null)()
}

/**
 * Those that come along, and those of a folder of one's own, as they are whenever they are asked for. Of two with the same id one's
 * own counts. Asking throws a StellaError (unreachable) where the folder, or one of its files, cannot be read.
 */
export function openShelf(own: string | null): () => readonly OpenedRunbook[] {
  const known = new Map<string, { mark: string; opened: OpenedRunbook }>()
  const openOnce = (path: string): OpenedRunbook => {
    const held = statSync(path, { throwIfNoEntry: false })
    const mark = `${held?.size} ${held?.mtimeMs}`
    const before = known.get(path)
    if (before?.mark === mark) return before.opened
    const opened = open(path)
    known.set(path, { mark, opened })
    return opened
  }
  return () => {
    const folders = [shelfFolder(), own].flatMap((folder) => folder ?? [])
    const byId = new Map(
      folders
        .flatMap((folder) => filesIn(folder).map(openOnce))
        .map((opened) => [opened.read.runbook.id, opened]),
    )
    return [...byId].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, opened]) => opened)
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
    return names.toSorted().map((name) => join(folder, name))
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR')
      throw usageError('is a file, and no folder', folder, NAME_FOLDER)
    throw unreadInput(error, folder, NAME_FOLDER)
  }
}

const NAME_FOLDER = 'name a folder with Markdown files'

/**
 * By the path of a file, or by the id of one that comes along.
 *
 * @throws StellaError (unreachable) where there is none, or it cannot be read
 */
export function openRunbook(name: string): OpenedRunbook {
  if (name.includes('/') || (existsSync(name) && statSync(name).isFile())) return open(name)
  const folder = shelfFolder()
  const known = folder === null || !ID.test(name) ? null : join(folder, `${name}.md`)
  if (known !== null && existsSync(known)) return open(known)
  const ids = folder === null ? [] : filesIn(folder).map((path) => basename(path, '.md'))
  const todo = meantWord(name, ids, NAME_ONE)
  throw unreachableError(`there is no runbook '${name.slice(0, 200)}'`, null, todo)
}

const NAME_ONE = 'give the path of a Markdown file, or an id: stella runbook list'

/** What the linter looks at beside the document. */
export function surroundingsOf(
  { path, text }: OpenedRunbook,
  known: Pick<Surroundings, 'now' | 'lastGoodRun'>,
): Surroundings {
  const fileOf = (link: string): string => join(dirname(resolve(path)), decoded(link))
  return {
    ...known,
    text,
    exists: (link) => existsSync(fileOf(link)),
    anchorsOf: (link) => (link.endsWith('.md') ? anchorsOfFile(fileOf(link)) : null),
  }
}

function anchorsOfFile(path: string): ReadonlySet<string> | null {
  try {
    return statSync(path).size > 2 * MOST_TEXT ? null : anchorsIn(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function decoded(link: string): string {
  try {
    return decodeURI(link)
  } catch {
    return link
  }
}

function shelfFolder(): string | null {
  const folders = FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return folders.find((each) => existsSync(join(each, WITNESS))) ?? null
}

function open(path: string): OpenedRunbook {
  try {
    const { size } = statSync(path)
    if (size > 2 * MOST_TEXT) throw usageError('is larger than any runbook', path, NAME_ONE)
    const text = readFileSync(path, 'utf8')
    return { path, text, read: readRunbook(text, path) }
  } catch (error) {
    throw unreadInput(error, path, NAME_ONE)
  }
}
