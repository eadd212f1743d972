/** The commands of a step with their values filled in, or why they cannot be run. */
import type { Step } from '../../model/runbook.ts'
import { effectOfAll } from '../commands/effect.ts'
import { filled, paramsIn, readWords } from '../commands/words.ts'
import type { Value } from '../condition/condition.ts'

/** Each with its words. */
export type Programs = readonly (readonly string[])[]

export type Prepared =
  | { ok: true; commands: readonly Programs[] }
  /** `isMissing`: a value is not there; otherwise it may not be run at all. */
  | { ok: false; isMissing: boolean; says: string }

/** What comes from an output may be anything: never an option, nor more than one line, nor an order to a terminal. */
const SAFE_VALUE = /^(?![\s-])(?:\t|\P{Cc}){1,4096}$/u

/** @param values of parameters, and what was taken from outputs */
export function prepared(
  lines: readonly string[],
  values: ReadonlyMap<string, Value>,
  kind: Step['kind'] | 'undo',
): Prepared {
  const commands: Programs[] = []
  for (const line of lines) {
    const read = readWords(line)
    if (!read.ok) return { ok: false, isMissing: false, says: read.says }
    const names = paramsIn(read.pipeline)
    const missing = names.find((name) => !values.has(name))
    if (missing !== undefined) {
      return { ok: false, isMissing: true, says: `'${missing}' is not known: --param ${missing}=…` }
    }
    const texts = new Map([...values].map(([name, value]) => [name, String(value)]))
    const unsafe = names.find((name) => !SAFE_VALUE.test(texts.get(name) ?? ''))
    if (unsafe !== undefined) {
      return { ok: false, isMissing: false, says: `the value of '${unsafe}' cannot be a word` }
    }
    const programs = read.pipeline.programs.map((words) => filled(words, texts))
    // Once more with its values: one of them may be what makes it change something.
    const mayChange = kind === 'change' || kind === 'undo'
    if (!mayChange && effectOfAll(programs) !== 'looks') {
      return {
        ok: false,
        isMissing: false,
        says: `it is not known to only look, and a ${kind} has to`,
      }
    }
    commands.push(programs)
  }
  return { ok: true, commands }
}

const WINDOW = /^\d+[smhd]$/

/** They take a time as well. */
const TAKES_TIME =
  /^(?:stella scanner (?:logs|jobs list)|(?:docker|podman) (?:container )?logs)(?: |$)/

/** With windows that look back from now begun at the change instead: what was before it is no news. */
export function sinceChange(programs: Programs, changedAt: number, now: number): Programs {
  // A program counts its window back from when it has come so far: shorter rather than beyond the change.
  const seconds = `${Math.max(1, Math.floor((now - changedAt) / 1_000))}s`
  const time = new Date(changedAt).toISOString()
  return programs.map((words) => {
    const window = TAKES_TIME.test(words.join(' ')) ? time : seconds
    return words.map((word, at) => {
      const before = words[at - 1] ?? ''
      if (/^--(?:last|since)$/.test(before) && WINDOW.test(word)) return window
      const [, option, value = ''] = /^(--(?:last|since)=)(.*)$/.exec(word) ?? []
      return option !== undefined && WINDOW.test(value) ? `${option}${window}` : word
    })
  })
}
