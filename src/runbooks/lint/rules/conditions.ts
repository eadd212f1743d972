import type { Runbook, Step } from '../../../model/runbook.ts'
import { namesIn, readCondition } from '../../condition/condition.ts'
import type { Finding, Rule } from '../finding.ts'

export const conditions: Rule = {
  id: 'condition',
  about: 'a condition that cannot be judged',
  find: (runbook) => runbook.steps.flatMap((step, at) => ofStep(runbook, step, at)),
}

function ofStep(runbook: Runbook, step: Step, at: number): Omit<Finding, 'rule'>[] {
  const { problemIf, when, expect } = step
  const written = Object.entries({ problemIf, when, expect })
  return written.flatMap(([attribute, text]) => {
    if (text === null) return []
    const where = `${attribute} of '${step.id}'`
    const read = readCondition(text)
    if (!read.ok) {
      const todo = 'write it as size > 2GB || layers > 100, state == done, or !match(/…/)'
      return [{ line: step.line, says: `${where}: ${read.says}`, todo, isError: true }]
    }
    const before =
      attribute === 'when' ? runbook.steps.slice(0, at) : runbook.steps.slice(0, at + 1)
    return namesIn(read.condition)
      .filter((name) => !isKnown(name, runbook, before))
      .map((name) => ({
        line: step.line,
        says: `${where} asks for '${name}', which nothing before gives`,
        todo: 'take it from the output of a step with capture="…", or declare it as a parameter',
        isError: true,
      }))
  })
}

function isKnown(name: string, { params }: Runbook, before: readonly Step[]): boolean {
  const [first = '', second] = name.split('.')
  if (name === 'exit' || params.some((param) => param.name === name)) return true
  // What it was when it was seen first: `before.depth`.
  if (first === 'before')
    return before.some(({ capture }) => capture.some((each) => each.name === second))
  if (second !== undefined) return before.some(({ id }) => id === first)
  return before.some(({ capture }) => capture.some((each) => each.name === name))
}
