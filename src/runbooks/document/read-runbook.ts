/** Reads a runbook: one written for stella, or any document with commands in it. */
import type { Param, Runbook, Step } from '../../model/runbook.ts'
import { within } from '../bounded.ts'
import { readWords, paramsIn } from '../commands/words.ts'
import { withoutPageScript } from '../restore/page-script.ts'
import { isFlattened, unflatten } from '../restore/unflatten.ts'
import { readFrontMatter, splitFrontMatter } from './front-matter.ts'
import { blocksOf } from './markdown.ts'
import { aboutOf, titleOf } from './tables.ts'
import { walk } from './walk.ts'

export interface RunbookRead {
  runbook: Runbook
  /** What is wrong with it, by its line. */
  problems: readonly { line: number; says: string }[]
}

/** More is no runbook. Characters. */
export const MOST_TEXT = 1_048_576
/** A thousand steps take a hundredth; the rest is for machines that are slow, or busy with their own memory. */
const MOST_READING_MS = 30_000

/** @param path where it was read, for its name and for people */
export function readRunbook(text: string, path: string): RunbookRead {
  const read = within(MOST_READING_MS, () => readWhole(text, path))
  if (read.kind === 'done') return read.result
  const says =
    read.kind === 'too-deep'
      ? 'it is nested deeper than it can be read'
      : 'it takes too long to read; nothing of it is known'
  const { runbook } = readWhole('', path)
  const broken = { line: 1, says }
  return { runbook: { ...runbook, broken }, problems: [broken] }
}

function readWhole(text: string, path: string): RunbookRead {
  const { frontMatter, body: original } = splitFrontMatter(
    text.slice(0, MOST_TEXT).replaceAll('\r\n', '\n'),
  )
  const repairs: string[] = []
  const script = withoutPageScript(original)
  if (script.removed > 0) {
    const lines =
      script.removed === 1
        ? "1 line of a page's script was"
        : `${script.removed} lines of a page's script were`
    repairs.push(`${lines} left out`)
  }
  let body = script.text
  if (isFlattened(body)) {
    body = unflatten(body)
    repairs.push('its lines had been joined into one, and were separated again')
  }
  const front = readFrontMatter(frontMatter)
  const blocks = blocksOf(body)
  const problems = [...front.problems]
  if (text.length > MOST_TEXT)
    problems.push({ line: 1, says: 'it is longer than a runbook can be, and was cut' })

  const { steps, symptoms, prevention, restored, ...walked } = walk(blocks)
  problems.push(...walked.problems)
  if (restored.length > 0) {
    repairs.push(
      `placeholders that were missing or in angles are parameters: ${restored.join(', ')}`,
    )
  }
  const found = aboutOf(blocks)
  const heading = titleOf(blocks)
  const title = front.title ?? heading?.title ?? nameOf(path)
  const about =
    front.id === null
      ? { ...found, ...withoutNothing(front.about), tracking: found.tracking }
      : front.about
  return {
    runbook: {
      id: front.id ?? slugOf(title),
      title,
      path,
      about,
      params: paramsOf(steps, front.params),
      steps,
      symptoms,
      prevention,
      repairs,
      broken: problems.toSorted((a, b) => a.line - b.line)[0] ?? null,
    },
    problems,
  }
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
