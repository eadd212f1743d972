import { audit, type AuditInput } from './engine.ts'
import type { HostSettings, Rule } from './rule.ts'
import { USUAL_RULES } from './rules/index.ts'
import { spliced } from './splice.ts'

/** Mending one thing may show another; a file that is not still after so many rounds is left as it is then. */
const MAX_ROUNDS = 10

/** An input with its fixes made. */
export interface MendedInput {
  before: AuditInput
  after: AuditInput
  /** Findings that were mended; 0 where the file is as it was. */
  count: number
}

/** Makes the fixes of all findings, and of what they bring to light, so that a second time finds nothing to mend. */
export function mend(
  inputs: readonly AuditInput[],
  host: HostSettings,
  rules: readonly Rule[] = USUAL_RULES,
): MendedInput[] {
  let mended: MendedInput[] = inputs.map((input) => ({ before: input, after: input, count: 0 }))
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { findings } = audit(
      mended.map(({ after }) => after),
      host,
      rules,
    )
    const changes = new Map(spliced(findings).map((change) => [change.file, change]))
    if (changes.size === 0) break
    mended = mended.map((input) => {
      const change = changes.get(input.after.file)
      if (change === undefined) return input
      const file = { ...input.after.file, text: change.text }
      return { ...input, after: { ...input.after, file }, count: input.count + change.fixed }
    })
  }
  return mended
}
