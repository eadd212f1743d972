/** Commands with what is known by now, so that somebody sees the very words that would be run: pure. */
import { quote } from '../../src/advice/shell.ts'
import type { RunDocument, StepDocument } from './documents.ts'

type Values = ReadonlyMap<string, string | number | boolean>

/** What a step would run. */
export function runOf(run: Pick<RunDocument, 'steps'>, step: StepDocument): string {
  return filled(step.run, new Map(capturesIn(run)))
}

/** What would take a step back: what was there before it, but for what the step itself has said. Null: nobody knows. */
export function undoOf(run: Pick<RunDocument, 'steps'>, step: StepDocument): string | null {
  if (step.undo === null) return null
  const before = new Map(capturesIn(run).toReversed())
  return filled(step.undo, new Map([...before, ...Object.entries(step.captures)]))
}

/** In the order in which they were taken. */
function capturesIn({ steps }: Pick<RunDocument, 'steps'>): [string, string | number | boolean][] {
  return steps
    .toSorted((one, other) => (one.endedAt ?? '').localeCompare(other.endedAt ?? ''))
    .flatMap(({ captures }) => Object.entries(captures))
}

/** What has no value yet, of a text that was filled in. */
export function unknownIn(text: string): readonly string[] {
  return [...text.matchAll(NAMES)].flatMap(([, name]) => name ?? [])
}

const NAMES = /\$\{([A-Za-z]\w*)\}/g

function filled(text: string, values: Values): string {
  return text.replaceAll(NAMES, (all, name: string) => {
    const value = values.get(name)
    return value === undefined ? all : quote(String(value))
  })
}
