/** Which case tells of a kill in a group. */
import type { Case } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import type { CaseEntry } from '../../store/cases.ts'

export interface CasesByPath {
  take(found: Case): void
  /** The id of the latest; null: there is none since then. */
  find(path: string, since: Instant): string | null
}

/** Groups that are remembered; a scanner asks within seconds. */
const MOST = 1_000

export function createCasesByPath(): CasesByPath {
  const latest = new Map<string, { id: string; at: Instant }>()
  return {
    take({ id, at, subject, binding }) {
      const path = subject.platform === 'cgroup' ? subject.name : binding.path
      if (path === null || at === null) return
      latest.delete(path)
      latest.set(path, { id, at })
      const [oldest] = latest.keys()
      if (latest.size > MOST && oldest !== undefined) latest.delete(oldest)
    },
    find(path, since) {
      const found = latest.get(path)
      return found !== undefined && found.at >= since ? found.id : null
    },
  }
}

/** An entry for a case that the watch did not make. */
export function ownCase(path: string, found: Case, now: Instant): CaseEntry {
  return { kind: 'case', at: now, incident: `scanner${path}`, revision: 1, case: found }
}
