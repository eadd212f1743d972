import { EXIT, StellaError } from '../model/errors.ts'

/** What is found is not what the plan saw, or not what a step left behind: somebody else's change is never written over. */
export function conflict(what: string, where: string | null, todo: string): StellaError {
  return new StellaError({ exitCode: EXIT.bad, what, where, todo })
}
