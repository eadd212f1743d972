/** What is wrong with a runbook before somebody needs it. */
import { within } from '../bounded.ts'
import type { RunbookRead } from '../document/read-runbook.ts'
import type { Finding, Rule, Surroundings } from './finding.ts'
import { about } from './rules/about.ts'
import { cases } from './rules/cases.ts'
import { conditions } from './rules/conditions.ts'
import { effects } from './rules/effects.ts'
import { endless } from './rules/endless.ts'
import { explanation } from './rules/explanation.ts'
import { links } from './rules/links.ts'
import { params } from './rules/params.ts'
import { quickChecks } from './rules/quick-checks.ts'
import { stale } from './rules/stale.ts'
import { undo } from './rules/undo.ts'
import { unknownField } from './rules/unknown-field.ts'
import { verification } from './rules/verification.ts'
import { window } from './rules/window.ts'

export const RULES: readonly Rule[] = [
  about,
  cases,
  conditions,
  effects,
  endless,
  explanation,
  links,
  params,
  quickChecks,
  stale,
  undo,
  unknownField,
  verification,
  window,
]

/** Of a document that could be read, a tenth is enough. */
const MOST_MS = 5_000

const TOO_LONG: Finding = {
  rule: 'unreadable',
  line: 1,
  says: 'it takes too long to look at, and most of it was not',
  todo: 'make it shorter',
  isError: true,
}

/** What the reader itself tells: such a runbook is not run. */
export const UNREADABLE: Pick<Rule, 'id' | 'about'> = {
  id: 'unreadable',
  about:
    'a fence that does not end, an attribute that nobody knows, two steps with one name, a broken head, or too much of it',
}

/** By their lines. */
export function lint({ runbook, problems }: RunbookRead, around: Surroundings): readonly Finding[] {
  const unreadable = problems.map(({ line, says }) => ({
    rule: UNREADABLE.id,
    line,
    says,
    todo: 'mend it there',
    isError: true,
  }))
  const found = within(MOST_MS, () =>
    RULES.flatMap((rule) =>
      rule.find(runbook, around).map((finding) => ({ rule: rule.id, ...finding })),
    ),
  )
  const known = found.kind === 'done' ? found.result : [TOO_LONG]
  return [...unreadable, ...known].toSorted((a, b) => a.line - b.line)
}
