import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readCases } from '../investigate/case-reader.ts'
import type { Case } from '../model/case.ts'
import { usageError } from '../model/errors.ts'
import { errorMessage } from '../model/error-message.ts'

const MAX_BYTES = 64 * 1024 * 1024
/** The schema stands at the beginning of what stella writes. */
const HEAD_BYTES = 4 * 1024
const CASE = /^\s*\{[^]{0,200}"stella\.cases?\/1"/

const NEXT = "name a case.json that 'stella cases export' or 'stella why --json' wrote"

/**
 * The cases of a document that stella wrote, or null where the text is something else.
 *
 * @throws StellaError (usage) that names the field which is wrong
 */
export function casesIn(text: string, from: string): readonly Case[] | null {
  if (!CASE.test(text.slice(0, HEAD_BYTES))) return null
  const result = readCases(parsed(text, from))
  if ('problem' in result) throw usageError(`no stella case (${result.problem})`, from, NEXT)
  return result.cases
}

/** The cases in a file, or in the case.json of a folder; null where there are none or nothing can be read. */
export async function casesInFile(
  path: string,
): Promise<{ cases: readonly Case[]; isFolder: boolean } | null> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false
  const file = isFolder ? join(path, 'case.json') : path
  const text = await textOfCase(file).catch(() => null)
  const cases = text === null ? null : casesIn(text, file)
  return cases === null ? null : { cases, isFolder }
}

async function textOfCase(file: string): Promise<string | null> {
  await using handle = await open(file)
  const stats = await handle.stat()
  if (!stats.isFile() || stats.size > MAX_BYTES) return null
  const head = Buffer.alloc(HEAD_BYTES)
  const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0)
  return CASE.test(head.toString('utf8', 0, bytesRead)) ? await handle.readFile('utf8') : null
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = errorMessage(error)
    throw usageError(`is not JSON (${reason})`, from, NEXT)
  }
}
