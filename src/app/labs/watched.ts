/** What holds at each look, and did not when it was watched: a leak, or a program that dies now and then. */
import type { LabCheck } from '../../labs/check.ts'
import { checkResultDocument } from '../../labs/documents.ts'
import type { LabDocument } from '../../server/lab-contract.ts'

export interface Watched {
  /** The last check that was watched for as long as the lab asks for. */
  take(check: LabCheck): void
  /** With what it found, for as long as the lab stands as it did then. */
  over(lab: LabDocument): LabDocument
}

export function createWatched(): Watched {
  let found: ReadonlyMap<string, ReturnType<typeof checkResultDocument>> = new Map()
  let standing = ''
  return {
    take({ checks }) {
      const failed = checks.filter(({ ok }) => !ok)
      found = new Map(failed.map((check) => [check.name, checkResultDocument(check)]))
    },
    over(lab) {
      const { open } = lab
      const now = (open?.checks ?? []).map(({ name, how }) => `${name} ${how}`).join()
      if (now !== standing) found = new Map()
      standing = now
      if (open === null || found.size === 0) return lab
      const checks = open.checks.map((check) => found.get(check.name) ?? check)
      return { ...lab, open: { ...open, checks } }
    },
  }
}
