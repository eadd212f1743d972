import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { java } from '../../src/bill/runtimes/java.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import type { ProcessState } from '../../src/model/facts.ts'
import type { Answer } from '../../src/model/question.ts'

/** A JVM that was recorded: see fixtures/jvm/scenes.ts. */
export interface RecordedJvm {
  name: string
  process: ProcessState
  answers: ReadonlyMap<string, Answer>
  /** The text of an answer; fails where there is none. */
  text(id: string): string
}

const FOLDER = join(import.meta.dirname, '../../fixtures/jvm')
const STRINGS = z.record(z.string(), z.string())
const isState = z.custom<ProcessState>(
  (value) => z.object({ kind: z.literal('process-state') }).safeParse(value).success,
)
const RECORDED = z.object({ refused: STRINGS, process: isState })

export const RECORDED_JVMS: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

export function recordedJvm(name: string): RecordedJvm {
  const folder = join(FOLDER, name)
  const { refused, process } = RECORDED.parse(
    JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8')),
  )
  const { pid } = process
  const answers = new Map<string, Answer>()
  for (const { id } of java.questions(process, [])) {
    const why = refused[id]
    const file = join(folder, `${id}.txt`)
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    answers.set(
      id,
      why === undefined
        ? { pid, id, ok: true, text, truncated: false }
        : { pid, id, ok: false, why },
    )
  }
  const text = (id: string): string => {
    const answer = answers.get(id)
    if (answer?.ok !== true) throw new Error(`${name} did not answer ${id}`)
    return answer.text
  }
  return { name, process, answers, text }
}

export interface Changes {
  limitBytes?: number
  /** Texts by the ids of their questions; null: it was refused. */
  answers?: Readonly<Record<string, string | null>>
  process?: Partial<ProcessState>
}

/** The view of a recorded JVM, as it would be with some answers changed; null where it is none. */
export function viewOfJvm(jvm: RecordedJvm, changes: Changes = {}): RuntimeView | null {
  const { pid } = jvm.process
  const answers = new Map(jvm.answers)
  for (const [id, text] of Object.entries(changes.answers ?? {})) {
    answers.set(
      id,
      text === null
        ? { pid, id, ok: false, why: 'it did not answer in time' }
        : { pid, id, ok: true, text, truncated: false },
    )
  }
  const process = { ...jvm.process, ...changes.process }
  const limitBytes = changes.limitBytes ?? null
  return java.view(process, { answers, processes: [process], limitBytes })
}
