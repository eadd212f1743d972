/** What stands before the document, between two lines of dashes: YAML. */
import { parseDocument, type Document } from 'yaml'
import * as z from 'zod/mini'
import { PARAM_TYPES, SEVERITIES } from '../../model/runbook.ts'
import type { Param, RunbookAbout } from '../../model/runbook.ts'
import { yamlComplaint } from '../../parsers/yaml-complaint.ts'

const names = z.array(z.string())
const ParamRead = z.object({
  type: z.optional(z.enum(PARAM_TYPES)),
  asks: z.optional(z.string()),
  default: z.optional(z.union([z.string(), z.number()])),
})
const FrontMatter = z.looseObject({
  schema: z.optional(z.literal(1)),
  id: z.optional(z.string()),
  title: z.optional(z.string()),
  component: z.optional(z.string()),
  severity: z.optional(z.enum(SEVERITIES)),
  owner: z.optional(z.string()),
  updated: z.optional(z.union([z.string(), z.date()])),
  doctorCheck: z.optional(z.string()),
  doctorChecks: z.optional(names),
  alerts: z.optional(names),
  cases: z.optional(names),
  params: z.optional(
    z.record(z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/)), ParamRead),
  ),
})

export interface FrontMatterRead {
  /** Null: it says nothing of it. */
  id: string | null
  title: string | null
  about: RunbookAbout
  params: readonly Param[]
  /** Fields that nobody knows; of a document of others there are none, for they mean something to others. */
  unknown: readonly { name: string; line: number }[]
  /** What is wrong with it, by the line of the document. */
  problems: readonly { line: number; says: string }[]
}

export interface Split {
  /** Null: there is none. */
  frontMatter: string | null
  /** With empty lines in its place, so that lines keep their numbers. */
  body: string
}

export function splitFrontMatter(text: string): Split {
  const match = /^---[ \t]*\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(text)
  if (match === null) return { frontMatter: null, body: text }
  const lines = match[0].split('\n').length - 1
  return { frontMatter: match[1] ?? '', body: '\n'.repeat(lines) + text.slice(match[0].length) }
}

const NOTHING: FrontMatterRead = {
  id: null,
  title: null,
  about: {
    component: null,
    severity: null,
    owner: null,
    updated: null,
    doctorChecks: [],
    alerts: [],
    cases: [],
    tracking: {},
  },
  params: [],
  unknown: [],
  problems: [],
}
const KNOWN = Object.keys(FrontMatter.shape)

export function readFrontMatter(text: string | null): FrontMatterRead {
  if (text === null) return NOTHING
  const document = parseDocument(text, { logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) {
    return wrong((error.linePos?.[0].line ?? 1) + 1, yamlComplaint(error))
  }
  const fields = fieldsOf(document)
  if (fields === null) return wrong(2, 'its aliases stand for too much')
  const read = FrontMatter.safeParse(fields)
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => ({
      line: lineOf(text, String(path[0])),
      says: `the front matter: ${path.join('.')}: ${message}`,
    }))
    return { ...NOTHING, problems }
  }
  const { id, title, component, severity, owner, updated, doctorCheck, doctorChecks } = read.data
  return {
    id: id ?? null,
    title: title ?? null,
    about: {
      component: component ?? null,
      severity: severity ?? null,
      owner: owner ?? null,
      updated: updated instanceof Date ? updated.toISOString().slice(0, 10) : (updated ?? null),
      doctorChecks: doctorChecks ?? (doctorCheck === undefined ? [] : [doctorCheck]),
      alerts: read.data.alerts ?? [],
      cases: read.data.cases ?? [],
      tracking: {},
    },
    params: Object.entries(read.data.params ?? {}).map(([name, param]) => ({
      name,
      type: param.type ?? 'text',
      asks: param.asks ?? name,
      usual: param.default === undefined ? null : String(param.default),
    })),
    unknown:
      id === undefined && read.data.schema === undefined
        ? []
        : Object.keys(read.data)
            .filter((name) => !KNOWN.includes(name))
            .map((name) => ({ name, line: lineOf(text, name) })),
    problems: [],
  }
}

function wrong(line: number, what: string): FrontMatterRead {
  return { ...NOTHING, problems: [{ line, says: `the front matter: ${what}` }] }
}

/** Null: a few words in it would become far more. */
function fieldsOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 }) ?? {}
  } catch {
    return null
  }
}

/** Of a field, in the document: a line of dashes stands before the first one. */
function lineOf(text: string, name: string): number {
  const at = text.split('\n').findIndex((line) => line.startsWith(`${name}:`))
  return Math.max(at, 0) + 2
}

/** What its fields are called. */
export function frontMatterFields(): readonly string[] {
  return KNOWN
}
