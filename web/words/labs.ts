/** Labs in words. */
import type { LabDocument, ShelvedLab } from '../labs/documents.ts'
import type { MarkShape } from './mark-shape.ts'
import { counted, span } from './time.ts'

const LEVELS = ['easy', 'of medium difficulty', 'hard'] as const

/** @param level 1 to 3 */
export function difficulty(level: number): string {
  return LEVELS[level - 1] ?? 'hard'
}

const BACKEND_WORDS: Record<LabDocument['backends'][number], string> = {
  docker: 'Docker',
  podman: 'Podman',
  cgroup: 'a memory group',
  files: 'files',
}

export function backendInWords(backend: LabDocument['backends'][number]): string {
  return BACKEND_WORDS[backend]
}

/** What somebody has done with a lab: "solved in 3 minutes", which is the best time. */
export function doneInWords({ open, solved, bestSeconds, starts }: ShelvedLab): string {
  if (open) return 'open'
  if (solved > 0) return bestSeconds === null ? 'solved' : `solved in ${span(bestSeconds)}`
  return starts > 0 ? 'begun, not solved yet' : 'not begun yet'
}

export function doneShape({ open, solved }: ShelvedLab): MarkShape {
  if (open) return 'going'
  return solved > 0 ? 'calm' : 'open'
}

/** How a lab stands. */
export interface Standing {
  shape: MarkShape
  /** A heading. */
  words: string
  sentence: string
}

/** @param now in milliseconds */
export function standingOf(lab: LabDocument, now: number): Standing {
  const { doing, open, state } = lab
  if (doing?.what === 'start') {
    return going('Is being made', doing.step ?? 'It begins')
  }
  if (state === 'broken') {
    return {
      shape: 'trouble',
      words: 'Cannot be read',
      sentence: 'What is kept of it is damaged. End it: that removes what it has made.',
    }
  }
  if (open === null) {
    if (state === 'starting') {
      return going('Is being made', 'Somebody else makes it, or is gone: then end it')
    }
    const { solved } = lab.record
    return {
      shape: solved > 0 ? 'calm' : 'open',
      words: solved > 0 ? 'Solved before' : 'Not begun',
      sentence: lab.teaches,
    }
  }
  if (doing?.what === 'solve') return going('Is being solved', doing.step ?? 'It begins')
  return openStanding(lab, open, now)
}

function openStanding(
  { stableSeconds }: LabDocument,
  { checks, solvedAt, startedAt, endsAt, hints }: NonNullable<LabDocument['open']>,
  now: number,
): Standing {
  if (Date.parse(endsAt) <= now) {
    return {
      shape: 'dropped',
      words: 'Its time is over',
      sentence: 'What it made has ended by itself. End it, and begin again.',
    }
  }
  if (solvedAt !== null) {
    const took = span((Date.parse(solvedAt) - Date.parse(startedAt)) / 1_000)
    const sentence = `In ${took}, with ${counted(hints.length, 'hint')}. The solution tells more.`
    return { shape: 'calm', words: 'Solved', sentence }
  }
  const holding = checks.filter(({ ok }) => ok).length
  if (holding === checks.length) {
    return going('Holds so far', `It counts when it has held for ${span(stableSeconds)}`)
  }
  return {
    shape: 'trouble',
    words: `${holding} of ${counted(checks.length, 'check')} ${holding === 1 ? 'holds' : 'hold'}`,
    sentence: 'Find out what is wrong, and mend it with any tool: the checks follow by themselves.',
  }
}

function going(words: string, step: string): Standing {
  return { shape: 'going', words, sentence: `${step.charAt(0).toUpperCase()}${step.slice(1)}.` }
}
