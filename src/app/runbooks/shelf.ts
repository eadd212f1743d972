/** The runbooks that come along, and those of anybody else. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCode } from '../../model/error-code.ts'
import { unreachableError } from '../../model/errors.ts'
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
  const folder = shelfFolder()
  if (folder === null) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
  return names.toSorted().map((name) => open(join(folder, name)))
}

/**
 * By the path of a file, or by the id of one that comes along.
 *
 * @throws StellaError (unreachable) where there is none, or it cannot be read
 */
export function openRunbook(name: string): OpenedRunbook {
  if (existsSync(name) && statSync(name).isFile()) return open(name)
  const folder = shelfFolder()
  const known = folder === null || !ID.test(name) ? null : join(folder, `${name}.md`)
  if (known !== null && existsSync(known)) return open(known)
  const todo = 'give the path of a Markdown file, or an id: stella runbook list'
  throw unreachableError(`there is no runbook '${name.slice(0, 200)}'`, null, todo)
}

/** What the linter looks at beside the document. */
export function surroundingsOf({ path, text }: OpenedRunbook, now: number): Surroundings {
  const folder = dirname(resolve(path))
  return { text, now, exists: (link) => existsSync(join(folder, decodeURI(link))) }
}

function shelfFolder(): string | null {
  const folders = FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return folders.find((each) => existsSync(join(each, WITNESS))) ?? null
}

function open(path: string): OpenedRunbook {
  try {
    const { size } = statSync(path)
    if (size > 2 * MOST_TEXT) throw new Error('too large for a runbook')
    const text = readFileSync(path, 'utf8')
    return { path, text, read: readRunbook(text, basename(path)) }
  } catch (error) {
    const code = errorCode(error)
    throw unreachableError(`it cannot be read (${code})`, path, 'give the path of a Markdown file')
  }
}
