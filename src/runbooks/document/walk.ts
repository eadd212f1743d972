/** Goes through a document from its beginning: what stands under which heading, and in which case. */
import type { ChecklistItem, Phase, Step } from '../../model/runbook.ts'
import { restorePlaceholders } from '../restore/placeholders.ts'
import type { Block } from './markdown.ts'
import { phaseOf } from './phases.ts'
import { remarkIn } from './remarks.ts'
import type { Remark } from './remarks.ts'
import { isOfSteps, stepsOf } from './steps.ts'
import type { Fence } from './steps.ts'

export interface Walked {
  steps: readonly Step[]
  symptoms: readonly ChecklistItem[]
  prevention: readonly ChecklistItem[]
  /** Names of parameters that a page had taken for tags. */
  restored: readonly string[]
  problems: readonly { line: number; says: string }[]
}

const MOST_STEPS = 2_000
/** Characters. */
const LONG_TITLE = 100
/** "For base image reuse:", "If layers hold very many files (…):" */
const BRANCH = /^((?:For|If|When|Where)\b[^:]{3,120}):(?:\s|$)/

export function walk(blocks: readonly Block[]): Walked {
  const steps: Step[] = []
  const symptoms: ChecklistItem[] = []
  const prevention: ChecklistItem[] = []
  const problems: { line: number; says: string }[] = []
  const restored = new Set<string>()
  const ids = new Set<string>()
  const open: { depth: number; phase: Phase | null }[] = []
  let title = ''
  let branch: string | null = null
  let isOfPoint = false
  const phase = (): Phase =>
    open.findLast((heading) => heading.phase !== null)?.phase ?? 'quick-checks'

  function enter({ depth, text }: Extract<Block, { kind: 'heading' }>): void {
    while ((open.at(-1)?.depth ?? 0) >= depth) open.pop()
    open.push({ depth, phase: phaseOf(text) })
    title = text
    branch = null
  }

  function hear(block: Extract<Block, { kind: 'paragraph' | 'item' }>): void {
    const { text, line } = block
    const remark = remarkIn(text)
    const last = steps.at(-1)
    if (remark !== null && last !== undefined) {
      steps[steps.length - 1] = remarked(last, remark)
      return
    }
    const own = caseIn(block)
    // A case that a paragraph names holds for the list behind it, and that of a point for the point alone.
    if (own !== null || isOfPoint) branch = own
    isOfPoint = own !== null && block.kind === 'item'
    title = titleIn(own === null ? text : text.slice(own.length + 1).trim() || text)
    if (block.kind === 'paragraph') return
    if (phase() === 'symptoms') symptoms.push({ text, line })
    if (phase() === 'prevention') prevention.push({ text, line })
  }

  function take(fence: Fence): void {
    if (!fence.isClosed) {
      problems.push({ line: fence.line, says: 'the fence that begins here does not end' })
    }
    if (!isOfSteps(fence)) return
    const whole = { ...fence, text: mended(fence.text) }
    const read = stepsOf(whole, { phase: phase(), branch, title }, steps.length + 1)
    problems.push(...read.problems)
    for (const step of read.steps) {
      if (ids.has(step.id)) {
        problems.push({ line: step.line, says: `two steps are called '${step.id}'` })
      }
      ids.add(step.id)
      if (steps.length < MOST_STEPS) steps.push(step)
      else if (ids.size === MOST_STEPS + 1) {
        problems.push({ line: step.line, says: `it has more than ${MOST_STEPS} steps` })
      }
    }
  }

  function mended(text: string): string {
    return text
      .split('\n')
      .map((line) => {
        const { command, restored: names } = restorePlaceholders(line)
        for (const name of names) restored.add(name)
        return command
      })
      .join('\n')
  }

  for (const block of blocks) {
    if (block.kind === 'heading') enter(block)
    else if (block.kind === 'fence') take(block)
    else if (block.kind !== 'table') hear(block)
  }
  return { steps, symptoms, prevention, restored: [...restored], problems }
}

/** A colon within a sentence names no case: "Where the pool has one of its own, change that: …". */
function caseIn(block: Extract<Block, { kind: 'paragraph' | 'item' }>): string | null {
  const named = BRANCH.exec(block.text)?.[1] ?? null
  const isHeading = block.kind === 'item' || block.isLed || block.text.trimEnd().endsWith(':')
  return isHeading ? named : null
}

/** Its first sentence, where it has many. */
function titleIn(text: string): string {
  const short = text.length <= LONG_TITLE ? text : (/^.*?[.?!](?=\s)/s.exec(text)?.[0] ?? text)
  return short.replaceAll(/\s+/g, ' ').replace(/:$/, '')
}

/** What the author said in so many words goes before. */
function remarked(step: Step, remark: Remark): Step {
  if (step.isDeclared) return step
  if (remark.kind === 'look') return { ...step, look: [...step.look, ...remark.look] }
  return { ...step, problemIf: remark.problemIf, capture: remark.capture }
}
