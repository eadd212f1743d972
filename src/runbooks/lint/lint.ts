/** What is wrong with a runbook before somebody needs it. */
import type { RunbookRead } from '../document/read-runbook.ts'
import type { Finding, Rule, Surroundings } from './finding.ts'
import { about } from './rules/about.ts'
import { conditions } from './rules/conditions.ts'
import { effects } from './rules/effects.ts'
import { explanation } from './rules/explanation.ts'
import { links } from './rules/links.ts'
import { stale } from './rules/stale.ts'
import { undo } from './rules/undo.ts'
import { verification } from './rules/verification.ts'
import { window } from './rules/window.ts'

export const RULES: readonly Rule[] = [
  about,
  conditions,
  effects,
  explanation,
  links,
  stale,
  undo,
  verification,
  window,
]

/** By their lines. */
export function lint({ runbook, problems }: RunbookRead, around: Surroundings): readonly Finding[] {
  const unreadable = problems.map(({ line, says }) => ({
    rule: 'unreadable',
    line,
    says,
    todo: 'mend it there',
    isError: true,
  }))
  const found = RULES.flatMap((rule) =>
    rule.find(runbook, around).map((finding) => ({ rule: rule.id, ...finding })),
  )
  return [...unreadable, ...found].toSorted((a, b) => a.line - b.line)
}
