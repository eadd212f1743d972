import type { Runbook, Step } from '../../../model/runbook.ts'
import { meantWord } from '../../../parsers/nearest-word.ts'
import { paramsIn, readWords } from '../../commands/words.ts'
import { namesIn, readCondition } from '../../condition/condition.ts'
import { readFrontMatter, splitFrontMatter } from '../../document/front-matter.ts'
import type { Finding, Rule } from '../finding.ts'

export const params: Rule = {
  id: 'param',
  about: 'a parameter that nothing uses, or a value that nothing before gives',
  find(runbook, { text }) {
    const front = readFrontMatter(splitFrontMatter(text).frontMatter)
    const declared = front.params.map(({ name }) => name)
    const used = new Set(runbook.steps.flatMap(namesUsed))
    const unused = declared
      .filter((name) => !used.has(name))
      .map((name) => ({
        line: 1,
        says: `the parameter '${name}' is asked for, and nothing uses it`,
        todo: 'take it away, or write it into a command as ${' + name + '}',
        isError: false,
      }))
    // A document without a head of ours declares nothing: what its commands need is asked for.
    return front.id === null ? [] : [...unused, ...unknownIn(runbook, declared)]
  },
}

function unknownIn(
  { steps }: Runbook,
  declared: readonly string[],
): readonly Omit<Finding, 'rule'>[] {
  const given = [...declared]
  return steps.flatMap((step) => {
    const { id, line, kind, run, undo, capture } = step
    const before = [...given]
    const own = capture.map(({ name }) => name)
    given.push(...own, ...(kind === 'ask' && own.length === 0 ? [id] : []))
    const missing = [
      ...run.flatMap(valuesOf).filter((name) => !before.includes(name)),
      ...(undo === null ? [] : valuesOf(undo)).filter((name) => !given.includes(name)),
    ]
    return [...new Set(missing)].map((name) => ({
      line,
      says: `'${id}' needs '${name}', which is no parameter, and which no step before takes`,
      todo: meantWord(name, given, 'declare it under params, or take it with capture="…"'),
      isError: true,
    }))
  })
}

function namesUsed({ run, undo, problemIf, when, expect }: Step): readonly string[] {
  const conditions = [problemIf, when, expect].flatMap((text) => {
    const read = text === null ? null : readCondition(text)
    return read?.ok === true ? namesIn(read.condition) : []
  })
  return [...run, ...(undo === null ? [] : [undo])].flatMap(valuesOf).concat(conditions)
}

function valuesOf(command: string): readonly string[] {
  const read = readWords(command)
  return read.ok ? paramsIn(read.pipeline) : []
}
