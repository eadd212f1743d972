import type { NamedImage } from '../../../app/scan/open.ts'
import { parseDuration } from '../../duration.ts'
import { parseImageReference } from '../../../image/source/reference.ts'
import { parsePlatform } from '../../../image/source/platform.ts'
import { usageError } from '../../../model/errors.ts'
import { meantWord } from '../../../parsers/nearest-word.ts'
import { platformText } from '../../../model/image.ts'
import { JOB_STATES } from '../../../model/scan-job.ts'
import type { JobState } from '../../../model/scan-job.ts'

/** Words of others for the same. */
const OTHER_WORDS: Readonly<Record<string, JobState>> = { sbom_failed: 'failed' }

/**
 * States of jobs, `failed,timeout`.
 *
 * @throws StellaError (usage)
 */
export function parseStates(text: string): readonly JobState[] {
  return text.split(',').map((word) => {
    const state = JOB_STATES.find((each) => each === word) ?? OTHER_WORDS[word]
    if (state !== undefined) return state
    throw usageError(
      `'${word.slice(0, 40)}' is no status of a job`,
      null,
      meantWord(word, JOB_STATES, `write one of ${JOB_STATES.join(', ')}, or several with commas`),
    )
  })
}

/**
 * The name of an image.
 *
 * @throws StellaError (usage) where it is none, or is standard input
 */
export function parseImage(text: string): NamedImage {
  const reference = parseImageReference(text)
  if (reference.kind !== 'stdin') return { text, reference }
  throw usageError(
    'a job is done later, and standard input is gone by then',
    null,
    'name a file, or an image of an engine or a registry',
  )
}

/** `linux/arm64`, in the one way to write it. */
export function parsePlatformText(text: string): string {
  return platformText(parsePlatform(text))
}

const MOST = 1_000

/**
 * How soon a job goes: the higher, the sooner.
 *
 * @throws StellaError (usage)
 */
export function parsePriority(text: string): number {
  const priority = /^-?\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (Math.abs(priority) <= MOST) return priority
  throw usageError(
    `'${text.slice(0, 40)}' is no priority`,
    null,
    `use a whole number from -${MOST} to ${MOST}; the higher, the sooner`,
  )
}

/**
 * The number of a change.
 *
 * @throws StellaError (usage)
 */
export function parseChange(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw usageError(
    `'${text.slice(0, 40)}' is no number of a change`,
    null,
    "take one from 'stella scanner config history'",
  )
}

const DAY_MS = 86_400_000

/**
 * How long a job may take, in milliseconds.
 *
 * @throws StellaError (usage) on anything else than a duration of 1s up to 24h
 */
export function parseTimeout(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds <= DAY_MS) return milliseconds
  throw usageError(`'${text}' is too long`, null, 'use 1s up to 24h')
}

/**
 * How many workers there are to be.
 *
 * @throws StellaError (usage)
 */
export function parseWorkerCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw usageError(`'${text.slice(0, 40)}' is no number of workers`, null, 'give 0 or more')
}
