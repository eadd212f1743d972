/** Labs as JSON: what the command line prints, and the server answers. */
import type { Bench } from './bench.ts'
import type { LabCheck } from './check.ts'
import type { LabHint } from './hint.ts'
import type { CheckResult } from './judge.ts'

/** `stella.labs/1`: those that come along, and what was done with them here. */
export function labsDocument({ shelf, store }: Pick<Bench, 'shelf' | 'store'>) {
  return {
    schema: 'stella.labs/1' as const,
    labs: shelf.list().map(({ id, title, teaches, minutes, difficulty, backends }) => {
      const state = store.read(id)
      const open = state !== null && state !== 'broken'
      return { id, title, teaches, minutes, difficulty, backends, open, ...store.record(id) }
    }),
  }
}

/** One check with what is, what should be, and what to do where it does not hold. */
export function checkResultDocument({ how, ok, todo, ...check }: CheckResult) {
  return { ...check, ok, how: ok ? null : how, next: ok ? null : todo }
}

/** `stella.lab-check/1` */
export function checkDocument(id: string, { passed, checks, isCounted, state }: LabCheck) {
  return {
    schema: 'stella.lab-check/1' as const,
    id,
    passed,
    counted: isCounted,
    attempts: state.attempts,
    hints: state.hints.length,
    checks: checks.map(checkResultDocument),
  }
}

/** `stella.lab-hint/1` */
export function hintDocument(id: string, { check, says, taken, isLast }: LabHint) {
  return { schema: 'stella.lab-hint/1' as const, id, check, hint: says, taken, last: isLast }
}
