import { quote } from '../advice/shell.ts'
import type { Case, VerdictCode } from '../model/case.ts'
import { ALIVE_VERDICTS } from '../model/codes.ts'
import type { Instant } from '../model/time.ts'

/** Another container of the same pod that died: an answer about a pod is about the newest death alone. */
export interface DiedBeside {
  /** Its name in the pod. */
  container: string
  verdict: VerdictCode
  at: Instant | null
  /** What tells of it. */
  command: string
}

/** What did not end it. */
const ALIVE: ReadonlySet<VerdictCode> = new Set(['exited', ...ALIVE_VERDICTS])

/**
 * The other containers of the pod that died, each once by its newest death, newest first.
 *
 * @param all every case of the pod, oldest first
 * @param options the words of the command line beside the target
 */
export function diedBeside(
  found: Case,
  all: readonly Case[],
  options: readonly string[],
): DiedBeside[] {
  const others = new Map<string, DiedBeside>()
  for (const { subject, verdict, at } of all.toReversed()) {
    const { name } = subject
    const container = name?.split('/')[2]
    if (name === null || container === undefined || name === found.subject.name) continue
    if (ALIVE.has(verdict.code) || others.has(name)) continue
    const command = ['stella', 'why', `k8s:${name}`, ...options].map(quote).join(' ')
    others.set(name, { container, verdict: verdict.code, at, command })
  }
  return [...others.values()]
}
