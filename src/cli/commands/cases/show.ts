import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { redactCase, redactText } from '../../../evidence/redact.ts'
import { readCases } from '../../../investigate/case-reader.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { printCases } from '../../print-cases.ts'

interface ShowFlags extends CommonFlags {
  markdown?: boolean
}

const MAX_BYTES = 64 * 1024 * 1024

/** `stella cases show`. */
export async function showCase(this: CliContext, flags: ShowFlags, path: string): Promise<void> {
  if (flags.json && flags.markdown) {
    throw usageError('--json and --markdown exclude each other', null, 'choose one of them')
  }
  const text = path === STDIN ? await stdinText(this) : await fileText(path)
  const result = readCases(json(text, path))
  if ('problem' in result) {
    throw usageError(`no stella case (${result.problem})`, path, NEXT)
  }
  printCases(
    this.io,
    result.cases.map(redactCase),
    result.unknown.map((gap) => redactText(gap)),
    { ...flags, all: result.isList },
  )
}

const NEXT = "name a case.json that 'stella cases export' or 'stella why --json' wrote"

async function stdinText({ io }: CliContext): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of io.stdin()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_BYTES) throw usageError('is larger than any case', 'standard input', NEXT)
  }
  return text + decoder.decode()
}

async function fileText(path: string): Promise<string> {
  try {
    const isFolder = (await stat(path)).isDirectory()
    const file = isFolder ? join(path, 'case.json') : path
    if ((await stat(file)).size > MAX_BYTES) {
      throw usageError('is larger than any case', path, NEXT)
    }
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const what = `cannot be read (${String(error.code)})`
    throw unreachableError(what, path, 'check the path and its permissions', { cause: error })
  }
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageError(`is not JSON (${reason})`, path, NEXT)
  }
}
