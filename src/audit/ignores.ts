import { lineCount, lineOf, type SourceFile } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'

/** Findings that somebody decided to live with. */
export interface Ignores {
  covers(rule: string, line: number): boolean
  problems: readonly Problem[]
}

const COMMENT =
  /#\s*stella-ignore(?<scope>-file)?\s+(?<rules>[A-Z]\d{2}(?:\s*,\s*[A-Z]\d{2})*)\s*(?::\s*(?<reason>\S.*))?$/

/**
 * Comments such as `# stella-ignore K05: bounded by the namespace`: they hold for their own line, or the next where they stand
 * alone; `stella-ignore-file` holds for the whole file. The reason is part of it.
 */
export function ignoresOf(file: SourceFile): Ignores {
  const lines = new Map<number, Set<string>>()
  const everywhere = new Set<string>()
  const problems: Problem[] = []
  if (!file.text.includes('stella-ignore')) return { covers: () => false, problems }
  for (let line = 1; line <= lineCount(file); line++) {
    const text = lineOf(file, line)
    const groups = COMMENT.exec(text)?.groups
    if (groups === undefined) continue
    const { scope, rules = '', reason } = groups
    if (reason === undefined) problems.push(withoutReason(file, line, text))
    else {
      const target = scope === undefined ? setOf(lines, lineMeant(file, line)) : everywhere
      for (const rule of rules.split(',')) target.add(rule.trim())
    }
  }
  return {
    covers: (rule, line) => everywhere.has(rule) || lines.get(line)?.has(rule) === true,
    problems,
  }
}

/** A comment that stands alone is meant for the first line below it that is no comment. */
function lineMeant(file: SourceFile, line: number): number {
  let meant = line
  while (meant < lineCount(file) && /^\s*#/.test(lineOf(file, meant))) meant++
  return meant
}

function setOf(lines: Map<number, Set<string>>, line: number): Set<string> {
  const set = lines.get(line) ?? new Set()
  lines.set(line, set)
  return set
}

function withoutReason(file: SourceFile, line: number, text: string): Problem {
  const start = offsetOf(file, line) + text.indexOf('#')
  return {
    at: { file, start, end: start + 1 },
    what: 'an ignore without a reason ignores nothing',
    todo: "say why, as in '# stella-ignore K05: bounded by the namespace'",
  }
}

function offsetOf(file: SourceFile, line: number): number {
  let at = 0
  for (let seen = 1; seen < line; seen++) at = file.text.indexOf('\n', at) + 1
  return at
}
