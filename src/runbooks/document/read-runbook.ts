/** Reads a runbook: one written for stella, or any document with commands in it. */
import type { ChecklistItem, Param, Phase, Runbook, Step } from '../../model/runbook.ts'
import { readWords, paramsIn } from '../commands/words.ts'
import { withoutPageScript } from '../restore/page-script.ts'
import { restorePlaceholders } from '../restore/placeholders.ts'
import { isFlattened, unflatten } from '../restore/unflatten.ts'
import { readFrontMatter, splitFrontMatter } from './front-matter.ts'
import { blocksOf } from './markdown.ts'
import type { Block } from './markdown.ts'
import { phaseOf } from './phases.ts'
import { isOfSteps, stepsOf } from './steps.ts'
import { aboutOf, titleOf } from './tables.ts'

export interface RunbookRead {
  runbook: Runbook
  /** What is wrong with it, by its line. */
  problems: readonly { line: number; says: string }[]
}

/** More is no runbook. Characters. */
export const MOST_TEXT = 1_048_576
const MOST_STEPS = 2_000
/** "For base image reuse:", "If layers hold very many files (…):" */
const BRANCH = /^((?:For|If|When|Where)\b[^:]{3,120}):(?:\s|$)/

/** @param path where it was read, for its name and for people */
export function readRunbook(text: string, path: string): RunbookRead {
  const { frontMatter, body: original } = splitFrontMatter(
    text.slice(0, MOST_TEXT).replaceAll('\r\n', '\n'),
  )
  const repairs: string[] = []
  const script = withoutPageScript(original)
  if (script.removed > 0) repairs.push(`${script.removed} lines of a page's script were left out`)
  let body = script.text
  if (isFlattened(body)) {
    body = unflatten(body)
    repairs.push('its lines had been joined into one, and were separated again')
  }
  const front = readFrontMatter(frontMatter)
  const blocks = blocksOf(body)
  const problems = front.problems.map((says) => ({ line: 1, says }))
  if (text.length > MOST_TEXT)
    problems.push({ line: 1, says: 'it is longer than a runbook can be, and was cut' })

  const { steps, symptoms, prevention } = walk(blocks, problems)
  const restored = new Set<string>()
  const whole = steps.map((step) => ({
    ...step,
    run: step.run.map((command) => {
      const mended = restorePlaceholders(command)
      for (const name of mended.restored) restored.add(name)
      return mended.command
    }),
  }))
  if (restored.size > 0) {
    repairs.push(
      `placeholders that were missing or in angles are parameters: ${[...restored].join(', ')}`,
    )
  }
  const found = aboutOf(blocks)
  const heading = titleOf(blocks)
  const title = front.title ?? heading?.title ?? nameOf(path)
  const about = front.id === null ? { ...found, ...withoutNothing(front.about) } : front.about
  return {
    runbook: {
      id: front.id ?? slugOf(title),
      title,
      path,
      about,
      params: paramsOf(whole, front.params),
      steps: whole,
      symptoms,
      prevention,
      repairs,
    },
    problems,
  }
}

function walk(
  blocks: readonly Block[],
  problems: { line: number; says: string }[],
): {
  steps: readonly Step[]
  symptoms: readonly ChecklistItem[]
  prevention: readonly ChecklistItem[]
} {
  const steps: Step[] = []
  const symptoms: ChecklistItem[] = []
  const prevention: ChecklistItem[] = []
  const ids = new Set<string>()
  const open: { depth: number; phase: Phase | null }[] = []
  let title = ''
  let branch: string | null = null
  let isOfPoint = false
  const phase = (): Phase =>
    open.findLast((heading) => heading.phase !== null)?.phase ?? 'quick-checks'

  for (const block of blocks) {
    if (block.kind === 'heading') {
      while ((open.at(-1)?.depth ?? 0) >= block.depth) open.pop()
      open.push({ depth: block.depth, phase: phaseOf(block.text) })
      title = block.text
      branch = null
    } else if (block.kind === 'paragraph' || block.kind === 'item') {
      const own = BRANCH.exec(block.text)?.[1] ?? null
      // A case that a paragraph names holds for the list behind it, and that of a point for the point alone.
      if (own !== null || isOfPoint) branch = own
      isOfPoint = own !== null && block.kind === 'item'
      title = block.text.replace(/:$/, '')
      if (block.kind === 'item' && phase() === 'symptoms') symptoms.push(block)
      if (block.kind === 'item' && phase() === 'prevention') prevention.push(block)
    } else if (block.kind === 'fence') {
      if (!block.isClosed)
        problems.push({ line: block.line, says: 'the fence that begins here does not end' })
      if (!isOfSteps(block)) continue
      const read = stepsOf(block, { phase: phase(), branch, title }, steps.length + 1)
      problems.push(...read.problems)
      for (const step of read.steps) {
        if (ids.has(step.id))
          problems.push({ line: step.line, says: `two steps are called '${step.id}'` })
        ids.add(step.id)
        if (steps.length < MOST_STEPS) steps.push(step)
        else if (steps.length === MOST_STEPS)
          problems.push({ line: step.line, says: `it has more than ${MOST_STEPS} steps` })
      }
    }
  }
  return { steps, symptoms: symptoms.map(item), prevention: prevention.map(item) }
}

function item({ text, line }: ChecklistItem): ChecklistItem {
  return { text, line }
}

/** Those that are declared, and those that commands use. */
function paramsOf(steps: readonly Step[], declared: readonly Param[]): readonly Param[] {
  const params = new Map(declared.map((param) => [param.name, param]))
  const captured = new Set(steps.flatMap(({ capture }) => capture.map(({ name }) => name)))
  for (const command of steps.flatMap(({ run, undo }) => (undo === null ? run : [...run, undo]))) {
    const read = readWords(command)
    for (const name of read.ok ? paramsIn(read.pipeline) : []) {
      if (params.has(name) || captured.has(name)) continue
      const type = name === 'image' || name === 'container' || name === 'pid' ? name : 'text'
      params.set(name, { name, type, asks: name, usual: null })
    }
  }
  return [...params.values()]
}

function withoutNothing<Value extends object>(value: Value): Partial<Value> {
  const kept: Partial<Value> = {}
  for (const key in value) {
    const each = value[key]
    if (each !== null && !(Array.isArray(each) && each.length === 0)) kept[key] = each
  }
  return kept
}

function nameOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.\w+$/, '')
}

function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return slug.slice(0, 60) || 'runbook'
}
