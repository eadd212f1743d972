/** What a run comes down to, when no step is left: pure. */
import type { Step } from '../../model/runbook.ts'
import { hasChanged } from './decide.ts'
import type { Verdict } from './event.ts'
import type { RunState } from './state.ts'

/** It came to a good end. */
export function isGood(verdict: Verdict | null): boolean {
  return verdict === 'resolved' || verdict === 'well'
}

export function verdictOf(
  state: RunState,
  steps: readonly Step[],
): { verdict: Verdict; why: string } {
  const of = (kinds: readonly Step['kind'][], wanted: string): readonly string[] =>
    steps.flatMap(({ id, kind }) =>
      kinds.includes(kind) && state.ended.get(id)?.state === wanted ? id : [],
    )
  const failed = of(['change', 'assert'], 'failed')
  if (failed.length > 0) return { verdict: 'failed', why: `failed: ${failed.join(', ')}` }
  const asserts = steps.filter(({ kind }) => kind === 'assert')
  const verified = of(['assert'], 'ok')
  if (hasChanged(state, steps)) {
    const open = asserts.filter(
      ({ id, when }) => !verified.includes(id) && !(when !== null && isSkipped(state, id)),
    )
    if (asserts.length === 0) {
      return { verdict: 'not-verified', why: 'it has no step that shows whether the change helped' }
    }
    if (open.length > 0) {
      return {
        verdict: 'not-verified',
        why: `not verified: ${open.map(({ id }) => id).join(', ')}`,
      }
    }
    return { verdict: 'resolved', why: `${verified.length} of ${verified.length} verified` }
  }
  const problems = of(['check'], 'problem')
  if (problems.length > 0) return { verdict: 'problem', why: `problems: ${problems.join(', ')}` }
  const unclear = [...of(['check'], 'failed'), ...of(['check', 'assert'], 'refused')]
  if (unclear.length > 0) {
    return { verdict: 'not-verified', why: `could not be judged: ${unclear.join(', ')}` }
  }
  return { verdict: 'well', why: 'no check has found a problem' }
}

function isSkipped(state: RunState, id: string): boolean {
  return state.ended.get(id)?.state === 'skipped'
}
