import type { Observation } from '../../model/evidence.ts'
import { isRecord, listField, textField } from '../../parsers/json-fields.ts'
import { readObject } from '../../parsers/kubernetes/objects.ts'
import type { KubernetesApi } from './api.ts'
import { ApiProblem } from './problem.ts'

export type ApiObject = Record<string, unknown>

/** What a call brought, or why it did not. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; problem: ApiProblem }

/** A call whose failure leaves a gap in the answer, and is no end of it. */
export async function attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await call }
  } catch (error) {
    if (error instanceof ApiProblem) return { ok: false, problem: error }
    throw error
  }
}

/** One sentence for `unknown`. */
export function gapOf(what: string, problem: ApiProblem): string {
  return `${what}: ${problem.kind === 'missing' ? 'there is none any more' : problem.reason}`
}

/** What an object of the API says, as the evidence that it is. */
export function observationsOf(
  api: KubernetesApi,
  kind: string,
  value: ApiObject,
  { from, readAt }: { from: string; readAt: number },
): Observation[] {
  const origin = { from: `${from} of ${api.access.where}`, readAt, source: null }
  return readObject({ kind, value, line: null }, origin)
}

/** The items of a list's answer. */
export function itemsOf(answer: ApiObject, cap: number): ApiObject[] {
  return listField(answer, cap, 'items').filter(isRecord)
}

export function nameIn(object: ApiObject): string | null {
  return textField(object, 'metadata', 'name')
}
