/** Finds cases that were written before, by their file or by their id. */
import { casesInFile } from './case-file.ts'
import type { Case } from '../model/case.ts'
import { unreachableError, usageError } from '../model/errors.ts'
import { findCases, readRecordedCase, type RecordedCase } from '../store/cases.ts'

const CASE_ID = /^c_[\da-f]{1,16}$/
const WHOLE_LENGTH = 'c_'.length + 16
const MOST_LISTED = 10

/** Whether a word looks like the id of a case, or the beginning of one. */
export function isCaseId(text: string): boolean {
  return CASE_ID.test(text)
}

/** The cases that a word of the command line names, in a file or folder or in the journal; null where it is something else. */
export async function writtenCases(
  text: string,
  dataFolder: string,
): Promise<readonly Case[] | null> {
  const stored = await casesInFile(text)
  if (stored !== null) return stored.cases
  const recorded = await recordedCase(dataFolder, text)
  return recorded === null ? null : [recorded]
}

/**
 * The case whose id begins so; null where the word may be something else and nothing is recorded under it.
 *
 * @throws StellaError 2 where several ids begin so, 3 where it is a whole id and nothing is recorded under it
 */
export async function recordedCase(dataFolder: string, text: string): Promise<Case | null> {
  if (!isCaseId(text)) return null
  const found = (await findCases(dataFolder, text)).toSorted((a, b) => b.at - a.at)
  const ids = [...new Set(found.map(({ id }) => id))]
  const [newest] = found
  if (newest === undefined) {
    if (text.length < WHOLE_LENGTH) return null
    throw notRecorded(text, dataFolder)
  }
  if (ids.length > 1) throw ambiguous(text, ids)
  return readRecordedCase(newest)?.case ?? null
}

export function notRecorded(id: string, dataFolder: string): Error {
  return unreachableError(
    `no case ${id} is recorded`,
    dataFolder,
    "see those that are with 'stella cases list'",
  )
}

function ambiguous(text: string, ids: readonly RecordedCase['id'][]): Error {
  const more = ids.length > MOST_LISTED ? ', …' : ''
  return usageError(
    `${ids.length} cases begin so: ${ids.slice(0, MOST_LISTED).join(', ')}${more}`,
    text,
    'name more of the id',
  )
}
