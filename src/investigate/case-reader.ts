import * as z from 'zod/mini'
import {
  BINDING_SCOPES,
  type Case,
  CAUSE_CODES,
  REMEDY_PLATFORMS,
  VERDICT_CODES,
} from '../model/case.ts'
import { EVIDENCE_SOURCES } from '../model/evidence.ts'
import { PLATFORMS } from '../model/subject.ts'
import {
  bytes,
  bytesOrNull,
  number,
  numberOrNull,
  processMemory,
  text,
  textOrNull,
  texts,
} from '../parsers/bundle/schema/common.ts'

const confidence = z.enum(['certain', 'likely', 'possible'])
const process = z.object(processMemory)
const billPart = z.object({ name: text, bytes, source: text })

/** RFC 3339 to milliseconds; a time that is none is not known. */
const instant = z.pipe(
  textOrNull,
  z.transform((value) => {
    const at = value === null ? Number.NaN : Date.parse(value)
    return Number.isNaN(at) ? null : at
  }),
)

export const caseBill = z.object({
  moment: z.enum(['now', 'kill']),
  path: textOrNull,
  cgroupVersion: z.nullable(z.union([z.literal(1), z.literal(2)])),
  chargeBytes: bytes,
  chargeSource: text,
  limitBytes: bytesOrNull,
  items: z.array(
    z.object({
      name: text,
      bytes,
      source: text,
      reclaimable: z.enum(['yes', 'no', 'swap']),
      says: text,
      parts: z.array(billPart),
    }),
  ),
  unattributedBytes: number,
  unreclaimableBytes: bytes,
  beside: z.array(billPart),
})

const settings = z.record(text, text)
const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('limit'), limitBytes: bytes, requestBytes: bytesOrNull }),
  z.object({ kind: z.literal('environment'), set: settings }),
  z.object({ kind: z.literal('sysctl'), set: settings }),
])

const coursePoint = z.object({
  at: z.pipe(
    z.iso.datetime(),
    z.transform((value) => Date.parse(value)),
  ),
  usageBytes: bytes,
  limitBytes: bytesOrNull,
})

const lives = z.object({
  list: z.array(z.object({ startedAt: instant, endedAt: instant, how: text })),
  earlier: number,
  cpus: numberOrNull,
})

const blackBox = z.object({
  at: instant,
  service: z.nullable(text),
  host: z.nullable(text),
  pid: numberOrNull,
  path: z.nullable(text),
  tier: z.nullable(text),
  usageBytes: bytesOrNull,
  unreclaimableBytes: bytesOrNull,
  limitBytes: bytesOrNull,
  heapBytes: bytesOrNull,
  heapLimitBytes: bytesOrNull,
  inFlight: numberOrNull,
  reservedBytes: bytesOrNull,
  stalledMs: numberOrNull,
  left: z.boolean(),
  leftFor: z._default(z.nullable(text), null),
  evidence: text,
})

const caseShape = z.object({
  schema: z.literal('stella.case/1'),
  id: text,
  at: instant,
  subject: z.object({
    platform: z.enum(PLATFORMS),
    name: textOrNull,
    id: textOrNull,
    image: textOrNull,
  }),
  verdict: z.object({
    code: z.enum(VERDICT_CODES),
    confidence,
    summary: text,
    mainProcessDied: z.nullable(z.boolean()),
    because: texts,
    against: texts,
  }),
  binding: z.object({
    scope: z.enum(BINDING_SCOPES),
    path: textOrNull,
    limitBytes: bytesOrNull,
    usageBytes: bytesOrNull,
    hostAvailableBytes: bytesOrNull,
  }),
  victims: z.array(process),
  trigger: z.nullable(
    z.object({
      pid: numberOrNull,
      name: textOrNull,
      gfpMask: textOrNull,
      order: numberOrNull,
    }),
  ),
  processes: z.array(process),
  causes: z.array(
    z.object({ code: z.enum(CAUSE_CODES), confidence, summary: text, because: texts }),
  ),
  remedies: z.array(
    z.object({
      id: text,
      layer: z.enum(['app', 'runtime', 'container', 'node', 'kernel']),
      title: text,
      risk: z.enum(['low', 'medium', 'high']),
      reversible: z.boolean(),
      commands: z.array(z.object({ for: z.enum(REMEDY_PLATFORMS), run: text })),
      // Cases of earlier versions have none.
      change: z._default(z.nullable(change), null),
    }),
  ),
  evidence: z.array(
    z.object({
      id: text,
      source: z.enum(EVIDENCE_SOURCES),
      at: instant,
      says: text,
      excerpt: text,
      from: text,
    }),
  ),
  ruledOut: z.array(z.object({ code: z.enum(VERDICT_CODES), because: texts })),
  timeline: z.array(z.object({ at: instant, what: text, evidence: text })),
  unknown: texts,
  path: z.array(
    z.object({
      rule: text,
      question: text,
      answer: z.enum(['holds', 'ruled-out', 'not-shown']),
      because: texts,
    }),
  ),
  // Cases of earlier versions have none.
  bill: z._default(z.nullable(caseBill), null),
  course: z._default(z.nullable(z.array(coursePoint)), null),
  lives: z._default(z.nullable(lives), null),
  blackBox: z._default(z.nullable(blackBox), null),
})

const listShape = z.object({
  schema: z.literal('stella.cases/1'),
  cases: z.array(z.unknown()),
  unknown: z.optional(texts),
})

export interface StoredCases {
  cases: Case[]
  isList: boolean
  /** What could not be read for all of them. */
  unknown: string[]
}

/**
 * Reads a document that `stella why --json` or `stella cases export` wrote: one case, or a list of them.
 * Where it is none, `problem` names the first field that is wrong.
 */
export function readCases(json: unknown): StoredCases | { problem: string } {
  const list = z.safeParse(listShape, json)
  const documents = list.success ? list.data.cases : [json]
  const cases: Case[] = []
  for (const document of documents) {
    const result = z.safeParse(caseShape, document)
    if (!result.success) return { problem: problemOf(result.error) }
    const { schema: _, ...found } = result.data
    cases.push(found)
  }
  return { cases, isList: list.success, unknown: list.data?.unknown ?? [] }
}

function problemOf(error: z.core.$ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'it is no case'
  return `field ${issue.path.join('.') || '(top)'}: ${issue.code.replaceAll('_', ' ')}`
}
