/** Work on a text that somebody may have made to take for ever. */
import { createContext, Script } from 'node:vm'
import { errorCode } from '../model/error-code.ts'

const place: { work: () => unknown } = { work: () => null }
const context = createContext(place)
const script = new Script('work()')

export type Bounded<Result> =
  | { kind: 'done'; result: Result }
  /** It took longer than it may, or went deeper than anything can. */
  | { kind: 'too-long' | 'too-deep' }

/** Ends what takes longer, wherever it stands: it must not change anything that others know. */
export function within<Result>(ms: number, work: () => Result): Bounded<Result> {
  let result: { is: Result } | null = null
  const before = place.work
  place.work = () => {
    result = { is: work() }
  }
  try {
    script.runInContext(context, { timeout: ms })
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'too-deep' }
    if (errorCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    return { kind: 'too-long' }
  } finally {
    place.work = before
  }
  return doneWith(result)
}

function doneWith<Result>(result: { is: Result } | null): Bounded<Result> {
  return result === null ? { kind: 'too-long' } : { kind: 'done', result: result.is }
}
