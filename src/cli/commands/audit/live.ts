import { writeFile } from 'node:fs/promises'
import type { AuditInput } from '../../../audit/engine.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import { errorCode } from '../../../model/error-code.ts'
import type { CliContext } from '../../context.ts'
import { printable } from '../../../report/printable.ts'

interface LiveFlags {
  live?: boolean
  evidence?: string
}

/** What runs here, as documents to be judged beside the files. */
export interface LiveInputs {
  inputs: readonly AuditInput[]
  /** How many of them are containers. */
  containers: number
  /** What could not be asked: the rest is judged all the same. */
  unasked: readonly string[]
}

/**
 * Looks at this machine where the call asks for it, and saves what it saw where the call says so. Null: it does not ask.
 *
 * @throws StellaError 2 where the file exists already, 3 where nothing can be read or the file cannot be written
 */
export async function liveInputs(
  context: CliContext,
  { live = false, evidence }: LiveFlags,
): Promise<LiveInputs | null> {
  if (!live) {
    if (evidence === undefined) return null
    throw usageError('saves what a machine shows', '--evidence', 'give it together with --live')
  }
  const { documents, unread } = await (await context.engine()).survey()
  if (evidence !== undefined) await save(evidence, documents)
  return {
    inputs: documents.map((file) => ({ file, variables: new Map(), isNamed: true })),
    containers: documents.length - 1,
    unasked: unread,
  }
}

/** One file for all: JSON documents are YAML, too, and may follow one another there. */
async function save(
  path: string,
  documents: readonly { path: string; text: string }[],
): Promise<void> {
  const text = documents
    .map((document) => `--- # ${printable(document.path)}\n${document.text}`)
    .join('')
  try {
    // What runs on a machine is nobody else's business, and no file of the user is lost.
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST') throw usageError('exists already', path, 'name a new file')
    const todo = 'name a file in a folder that you may write to'
    throw unreachableError(`cannot be written (${code})`, path, todo, { cause: error })
  }
}
