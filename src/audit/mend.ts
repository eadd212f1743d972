import { type Beside, NOTHING_BESIDE } from './documents/beside.ts'
import type { SourceFile } from './documents/place.ts'
import { audit, type AuditInput } from './engine.ts'
import type { HostSettings, Rule } from './rule.ts'
import { USUAL_RULES } from './rules/index.ts'
import { type Spliced, spliced } from './splice.ts'

/** Mending one thing may show another; a file that is not still after so many rounds is left as it is then. */
const MAX_ROUNDS = 10

/** An input with its fixes made. */
export interface MendedInput {
  before: AuditInput
  after: AuditInput
  /** Findings that were mended; 0 where the file is as it was. */
  count: number
}

/**
 * Makes the fixes of all findings, and of what they bring to light, so that a second time finds nothing to mend. Files that the
 * inputs refer to are mended as well, and stand behind them.
 */
export function mend(
  inputs: readonly AuditInput[],
  host: HostSettings,
  rules: readonly Rule[] = USUAL_RULES,
): MendedInput[] {
  const beside = new Overlay()
  let mended: MendedInput[] = inputs.map((input) => ({
    before: input,
    after: { ...input, beside: beside.over(input.beside) },
    count: 0,
  }))
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
      changes.delete(change.file)
      const file = { ...input.after.file, text: change.text }
      return { ...input, after: { ...input.after, file }, count: input.count + change.fixed }
    })
    for (const change of changes.values()) beside.change(change)
  }
  return [...mended, ...beside.mended()]
}

/** What the inputs refer to, as it is with the fixes made. */
class Overlay {
  readonly #originals = new Map<SourceFile, SourceFile>()
  readonly #mended = new Map<SourceFile, { file: SourceFile; count: number }>()

  over(beside: Beside = NOTHING_BESIDE): Beside {
    return {
      names: (path) => beside.names(path),
      read: (path) => {
        const file = beside.read(path)
        return file === null ? null : (this.#mended.get(file)?.file ?? file)
      },
    }
  }

  change({ file, text, fixed }: Spliced): void {
    const original = this.#originals.get(file) ?? file
    const changed = { ...original, text }
    this.#originals.set(changed, original)
    const count = (this.#mended.get(original)?.count ?? 0) + fixed
    this.#mended.set(original, { file: changed, count })
  }

  mended(): MendedInput[] {
    const inputOf = (file: SourceFile): AuditInput => ({
      file,
      variables: new Map(),
      isNamed: false,
    })
    return [...this.#mended].map(([original, { file, count }]) => ({
      before: inputOf(original),
      after: inputOf(file),
      count,
    }))
  }
}
