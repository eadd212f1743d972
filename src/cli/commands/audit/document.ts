import type { Audit, Finding } from '../../../audit/engine.ts'
import { positionOf } from '../../../audit/documents/place.ts'
import type { Known } from './baseline.ts'
import type { Mended } from './fix.ts'

/** The answer for scripts: `stella.audit/1`. */
export function documentOf(audit: Audit, mended: Mended | null, known: Known | null): object {
  return {
    schema: 'stella.audit/1',
    findings: audit.findings.map(findingOf),
    files: audit.files.length,
    problems: audit.problems.map(({ at, what, todo }) => ({
      file: at.file.path,
      ...positionOf(at),
      what,
      todo,
    })),
    ignored: audit.ignored,
    known: known?.count ?? 0,
    fixed: mended?.count ?? 0,
  }
}

function findingOf({ rule, severity, place, line, column, message, edits }: Finding): object {
  return {
    rule: rule.id,
    severity,
    file: place.file.path,
    line,
    column,
    message,
    fixable: edits.length > 0,
    title: rule.title,
  }
}
