/** An entry of the journal as JSON, and back. */
import * as z from 'zod/mini'
import { redactCase, redactText, redactWarning } from '../../evidence/redact.ts'
import { caseDocument } from '../../investigate/case-document.ts'
import { caseBill, readCases } from '../../investigate/case-reader.ts'
import { VERDICT_CODES } from '../../model/case.ts'
import { PLATFORMS } from '../../model/subject.ts'
import {
  bytes,
  number,
  numberOrNull,
  text,
  textOrNull,
} from '../../parsers/bundle/schema/common.ts'
import type { Instant } from '../../model/time.ts'
import { WARNING_LEVELS } from '../../model/warning.ts'
import type { CaseEntry, JournalEntry } from './entry.ts'
import { fitted } from './fitted.ts'

/** What an entry looks like on the disk: without secrets, times in RFC 3339. */
export function entryDocument(entry: JournalEntry) {
  const at = new Date(entry.at).toISOString()
  switch (entry.kind) {
    case 'case': {
      const { kind, incident, also, revision } = entry
      // Lists read the beginning of a line alone: the case stands last, as its own document.
      return {
        kind,
        at,
        incident,
        also,
        revision,
        case: caseDocument(fitted(redactCase(entry.case))),
      }
    }
    case 'warning':
      return { kind: entry.kind, at, warning: redactWarning(entry.warning) }
    case 'watch':
      return { ...entry, at, says: redactText(entry.says) }
  }
}

const instant: z.ZodMiniType<Instant, string> = z.pipe(
  z.iso.datetime(),
  z.transform((value) => Date.parse(value)),
)
const subject = z.object({
  platform: z.enum(PLATFORMS),
  name: textOrNull,
  id: textOrNull,
  image: textOrNull,
})

/** Counted from 1, as far as a database counts. */
const revision = z.int().check(z.minimum(1), z.maximum(2 ** 31 - 1))

const keyShape = {
  kind: z.literal('case'),
  incident: text,
  also: z.optional(z.array(text)),
  revision,
}

const caseOf = <T extends z.ZodMiniType>(shape: T) =>
  z.object({ ...keyShape, at: instant, case: shape })

const warningEntry = z.object({
  kind: z.literal('warning'),
  at: instant,
  warning: z.object({
    subject,
    path: textOrNull,
    level: z.enum(WARNING_LEVELS),
    says: text,
    usedBytes: bytes,
    limitBytes: bytes,
    secondsToLimit: numberOrNull,
    bill: z.nullable(caseBill),
  }),
})

const watchEntry = z.object({
  kind: z.literal('watch'),
  at: instant,
  what: z.enum(['started', 'stopped', 'blind', 'sees']),
  source: textOrNull,
  says: text,
})

/** The first line of a segment. */
const segmentHead = z.object({
  kind: z.literal('segment'),
  schema: z.literal('stella.journal/1'),
  at: instant,
  dropped: z.nullable(z.object({ entries: number, until: instant })),
})

/** What was dropped since the journal began, because of its caps. */
export interface Dropped {
  entries: number
  /** Nothing that was written later is gone. */
  until: Instant
}

export interface SegmentHead {
  kind: 'segment'
  at: Instant
  dropped: Dropped | null
}

export function segmentDocument({ at, dropped }: Omit<SegmentHead, 'kind'>): object {
  return {
    kind: 'segment',
    schema: 'stella.journal/1',
    at: new Date(at).toISOString(),
    dropped: dropped === null ? null : { ...dropped, until: new Date(dropped.until).toISOString() },
  }
}

const caseHead = caseOf(
  z.object({
    id: text,
    at: z.nullable(instant),
    subject,
    verdict: z.object({ code: z.enum(VERDICT_CODES) }),
  }),
)

/** What stands at the beginning of a case's line, which is all that lists and filters need. */
export type CaseHead = z.infer<typeof caseHead>

const line = z.discriminatedUnion('kind', [caseHead, warningEntry, watchEntry, segmentHead])

/** A line as far as it is needed to find a case in it. */
export type LineHead = z.infer<typeof line>

/** The field that follows the verdict in a case's document; a string cannot hold it with bare quotes. */
const AFTER_HEAD = ',"binding":'

/**
 * Reads the head of a case, and other entries as a whole.
 *
 * @param rest the checked part of a line
 * @returns null where it is none that this version knows
 */
export function readHead(rest: Buffer): LineHead | null {
  const end = rest.indexOf(AFTER_HEAD)
  const head = end === -1 ? null : parsed(line, `{${rest.toString('utf8', 0, end)}}}`)
  return head ?? parsed(line, `{${rest.toString('utf8')}`)
}

const key = z.object(keyShape)

/** Which incident a line is about; null where it is no case's. */
export function readKey(
  rest: Buffer,
): { incident: string; also?: readonly string[] | undefined; revision: number } | null {
  const end = rest.indexOf(BEFORE_CASE)
  return end === -1 ? null : parsed(key, `{${rest.toString('utf8', 0, end)}}`)
}

const BEFORE_CASE = ',"case":'

const wholeCase = caseOf(z.unknown())

/** Reads a whole case; null where it is none that this version knows. */
export function readCaseEntry(rest: Buffer): CaseEntry | null {
  const entry = parsed(wholeCase, `{${rest.toString('utf8')}`)
  const read = entry === null ? null : readCases(entry.case)
  const found = read !== null && 'cases' in read ? read.cases[0] : undefined
  return entry === null || found === undefined ? null : { ...entry, case: found }
}

function parsed<T extends z.ZodMiniType>(shape: T, json: string): z.infer<T> | null {
  try {
    const read = z.safeParse(shape, JSON.parse(json))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
