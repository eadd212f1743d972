/** What the watch told lately: an engine, a counter and the kernel may all tell of one end. */
import { SAME_END_MS } from '../../investigate/lives.ts'
import type { Case } from '../../model/case.ts'
import { keepNewest } from '../../model/newest.ts'
import type { Instant } from '../../model/time.ts'
import type { Warning } from '../../model/warning.ts'

export interface Lately {
  /** A case of this incident was told. */
  told(incident: string, found: Case, containerId: string | null, now: Instant): void
  /** Whether an end of this container was told about then. */
  isTold(containerId: string, at: Instant): boolean
  /** The incident that was told of one of these victims about then; null: none was. */
  incidentOf(found: Case): string | null
  warned(path: string, warning: { at: Instant; warning: Warning }): void
  /** The last warning of a group; null: there was none. */
  warningOf(path: string): { at: Instant; warning: Warning } | null
  named(id: string, name: string): void
  nameOf(id: string): string | null
}

const MAX_KEPT = 5_000
/** Each holds an account of memory. */
const MAX_WARNINGS = 1_000

export function createLately(): Lately {
  const byContainer = new Map<string, Instant>()
  const byVictim = new Map<number, { incident: string; at: Instant }>()
  const warnings = new Map<string, { at: Instant; warning: Warning }>()
  const names = new Map<string, string>()
  return {
    told(incident, found, containerId, now) {
      const at = found.at ?? now
      for (const { pid } of found.victims) keepNewest(byVictim, pid, { incident, at }, MAX_KEPT)
      if (containerId !== null) keepNewest(byContainer, containerId, at, MAX_KEPT)
    },
    isTold: (id, at) =>
      Math.abs((byContainer.get(id) ?? Number.NEGATIVE_INFINITY) - at) <= SAME_END_MS,
    incidentOf({ at, victims }) {
      for (const { pid } of victims) {
        const known = byVictim.get(pid)
        if (known !== undefined && at !== null && Math.abs(known.at - at) <= SAME_END_MS) {
          return known.incident
        }
      }
      return null
    },
    warned: (path, warning) => keepNewest(warnings, path, warning, MAX_WARNINGS),
    warningOf: (path) => warnings.get(path) ?? null,
    named: (id, name) => keepNewest(names, id, name, MAX_KEPT),
    nameOf: (id) => names.get(id) ?? null,
  }
}
