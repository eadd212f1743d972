import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { redactCase, redactText } from '../../../evidence/redact.ts'
import { readCases, type StoredCases } from '../../../investigate/case-reader.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import { unreadInput } from '../../../model/unread-input.ts'
import { errorMessage } from '../../../model/error-message.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { runsOfCases } from '../../case-runs.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { printCases } from '../../print-cases.ts'
import { isCaseId, notRecorded, recordedCase } from '../../recorded-case.ts'
import { MAX_CASE_BYTES, NAME_A_CASE, stdinText } from './stdin-text.ts'

interface ShowFlags extends CommonFlags {
  markdown?: boolean
  data?: string
}

/** `stella cases show`. */
export async function showCase(this: CliContext, flags: ShowFlags, text: string): Promise<void> {
  if (flags.json && flags.markdown) {
    throw usageError('--json and --markdown exclude each other', null, 'choose one of them')
  }
  const isRecorded = isCaseId(text) && !existsSync(text)
  const result = isRecorded ? await fromJournal(this, flags, text) : await fromDocument(this, text)
  printCases(
    this.io,
    result.cases.map(redactCase),
    result.unknown.map((gap) => redactText(gap)),
    {
      ...flags,
      all: result.isList,
      ...(isRecorded ? { runsOf: runsOfCases(this.io, flags.data) } : {}),
    },
  )
}

async function fromJournal(
  { io }: CliContext,
  { data }: ShowFlags,
  id: string,
): Promise<StoredCases> {
  const folder = dataFolder(data, io.env, process.getuid?.() === 0)
  const found = await recordedCase(folder, id)
  if (found === null) throw notRecorded(id, folder)
  return { cases: [found], isList: false, unknown: [] }
}

async function fromDocument(context: CliContext, path: string): Promise<StoredCases> {
  const text = path === STDIN ? await stdinText(context, NAME_A_CASE) : await fileText(path)
  const result = readCases(json(text, path))
  if ('problem' in result) throw usageError(`no stella case (${result.problem})`, path, NAME_A_CASE)
  return result
}

async function fileText(path: string): Promise<string> {
  try {
    const isFolder = (await stat(path)).isDirectory()
    const file = isFolder ? join(path, 'case.json') : path
    if ((await stat(file)).size > MAX_CASE_BYTES) {
      throw usageError('is larger than any case', path, NAME_A_CASE)
    }
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    // A word alone is more likely the id of a case.
    if (error.code === 'ENOENT' && !/[./]/.test(path)) {
      const what = `no case '${path}' is recorded, and there is no file of that name`
      throw unreachableError(what, null, "see those that are with 'stella cases list'")
    }
    throw unreadInput(error, path, "name a case, or see those that are with 'stella cases list'")
  }
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = errorMessage(error)
    throw usageError(`is not JSON (${reason})`, path, NAME_A_CASE)
  }
}
