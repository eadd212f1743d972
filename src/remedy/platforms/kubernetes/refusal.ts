/** What the API server means when it says no. */
import { EXIT, StellaError } from '../../../model/errors.ts'
import type { PlanProblem } from '../../../model/fix.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import type { ApiProblem } from '../../../sources/kubernetes/problem.ts'
import { managersIn } from './managers.ts'

/** Another manager holds what was to be applied; any other conflict is a version that is not the newest. */
export function isHeld({ kind, message }: ApiProblem): boolean {
  return kind === 'conflict' && managersIn(message).length > 0
}

/** A right is missing, in distinction from an admission that says no: both are 403. */
export function isWithoutRight({ kind, message }: ApiProblem): boolean {
  return kind === 'denied' && /\bcannot \w+ (?:resource|path|scope)/.test(message)
}

/** A webhook that does more than it answers is not called for a trial, and the trial fails. */
export function isUntried({ message }: ApiProblem): boolean {
  return /does not support dry run/.test(message)
}

/** A policy or a webhook says no: with 403, 422, or whatever status it was given. */
export function isForbidden({ kind, message }: ApiProblem): boolean {
  return kind === 'denied' || /\bdenied (?:the )?request\b/.test(message)
}

/** A namespace has no room for one pod more, beside those that it has. */
export function isOverQuota({ kind, message }: ApiProblem): boolean {
  return kind === 'denied' && message.includes('exceeded quota')
}

/**
 * Whether there is no room even once the earlier pod has gone.
 *
 * @param more by how many bytes the new pod has a higher limit, and a higher request
 */
export function staysOverQuota(
  { message }: ApiProblem,
  more: { limit: number; request: number },
): boolean {
  const [used = '', limited = ''] = ['used', 'limited'].map(
    (word) => new RegExp(`\\b${word}: ([^ ]+)`).exec(message)?.[1],
  )
  const amountIn = (text: string, resource: string): number | null =>
    parseMemory(
      text
        .split(',')
        .find((one) => one.startsWith(`${resource}=`))
        ?.slice(resource.length + 1),
    )
  return ['limits.memory', 'requests.memory', 'memory'].some((resource) => {
    const [has, most] = [amountIn(used, resource), amountIn(limited, resource)]
    if (has === null || most === null) return false
    return has + (resource === 'limits.memory' ? more.limit : more.request) > most
  })
}

export function refusalOf(problem: ApiProblem): PlanProblem {
  const { kind, message, call } = problem
  if (isWithoutRight(problem)) {
    return {
      kind: 'denied',
      says: `a right is missing: ${problem.missingRight ?? call}`,
      todo: 'ask for it, or use a context that has it; --for kustomize and --for helm write the change for somebody who has',
    }
  }
  if (isHeld(problem)) return heldBy(managersIn(message))
  const isAdmission = kind === 'invalid' || isForbidden(problem)
  return {
    kind: isAdmission || kind === 'conflict' ? 'refused' : 'denied',
    says: isAdmission ? `the API server refuses it: ${message}` : `${call}: ${message}`,
    todo: isAdmission
      ? 'ask for another limit, or change what refuses it'
      : 'see whether the API server is well, and plan again',
  }
}

export function heldBy(managers: readonly string[]): PlanProblem {
  const [only, more] = managers
  return {
    kind: 'held',
    says: `it belongs to ${managers.join(' and ')}, which would write over the change`,
    todo: `change it ${more === undefined ? `where ${only} takes it from` : 'where they take it from'} (--for kustomize and --for helm write the change), or write over it until then with --force`,
  }
}

export function refusedBy({ kind, says, todo }: PlanProblem, where: string): StellaError {
  const exitCode = kind === 'denied' ? EXIT.unreachable : EXIT.bad
  return new StellaError({ exitCode, what: says, where, todo })
}
