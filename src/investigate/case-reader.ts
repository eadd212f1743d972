import * as z from 'zod/mini'
import { type Case, CAUSE_CODES, VERDICT_CODES } from '../model/case.ts'

const text = z.string()
const textOrNull = z.nullable(z.string())
const numberOrNull = z.nullable(z.number())
const ids = z.array(z.string())
const confidence = z.enum(['certain', 'likely', 'possible'])

/** RFC 3339 to milliseconds; a time that is none is not known. */
const instant = z.pipe(
  z.nullable(z.string()),
  z.transform((value) => {
    const at = value === null ? Number.NaN : Date.parse(value)
    return Number.isNaN(at) ? null : at
  }),
)

const process = z.object({
  pid: z.number(),
  name: text,
  rssBytes: numberOrNull,
  anonRssBytes: numberOrNull,
  fileRssBytes: numberOrNull,
  shmemRssBytes: numberOrNull,
  totalVmBytes: numberOrNull,
  pageTableBytes: numberOrNull,
  swapBytes: numberOrNull,
  oomScoreAdj: numberOrNull,
  badness: numberOrNull,
  uid: numberOrNull,
})

const scopes = [
  'container',
  'ancestor',
  'nested',
  'host',
  'numa',
  'userspace',
  'runtime',
  'none',
] as const
const platforms = [
  'docker',
  'podman',
  'kubernetes',
  'marathon',
  'cgroup',
  'process',
  'host',
  'unknown',
] as const
const sources = [
  'kmsg',
  'journal',
  'syslog',
  'cgroup',
  'proc',
  'docker',
  'podman',
  'kubernetes',
  'marathon',
  'mesos',
  'log',
  'bundle',
] as const
const commandPlatforms = [
  'docker',
  'compose',
  'kubernetes',
  'marathon',
  'podman',
  'systemd',
  'host',
] as const

const caseShape = z.object({
  schema: z.literal('stella.case/1'),
  id: text,
  at: instant,
  subject: z.object({
    platform: z.enum(platforms),
    name: textOrNull,
    id: textOrNull,
    image: textOrNull,
  }),
  verdict: z.object({
    code: z.enum(VERDICT_CODES),
    confidence,
    summary: text,
    mainProcessDied: z.nullable(z.boolean()),
    because: ids,
    against: ids,
  }),
  binding: z.object({
    scope: z.enum(scopes),
    path: textOrNull,
    limitBytes: numberOrNull,
    usageBytes: numberOrNull,
    hostAvailableBytes: numberOrNull,
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
  causes: z.array(z.object({ code: z.enum(CAUSE_CODES), confidence, summary: text, because: ids })),
  remedies: z.array(
    z.object({
      id: text,
      layer: z.enum(['app', 'runtime', 'container', 'node', 'kernel']),
      title: text,
      risk: z.enum(['low', 'medium', 'high']),
      reversible: z.boolean(),
      commands: z.array(z.object({ for: z.enum(commandPlatforms), run: text })),
    }),
  ),
  evidence: z.array(
    z.object({
      id: text,
      source: z.enum(sources),
      at: instant,
      says: text,
      excerpt: text,
      from: text,
    }),
  ),
  ruledOut: z.array(z.object({ code: z.enum(VERDICT_CODES), because: ids })),
  timeline: z.array(z.object({ at: instant, what: text, evidence: text })),
  unknown: ids,
  path: z.array(
    z.object({
      rule: text,
      question: text,
      answer: z.enum(['holds', 'ruled-out', 'not-shown']),
      because: ids,
    }),
  ),
})

const listShape = z.object({
  schema: z.literal('stella.cases/1'),
  cases: z.array(z.unknown()),
  unknown: z.optional(ids),
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
