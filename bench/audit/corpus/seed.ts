/**
 * One mistake, sown into a file that is right. The files were written after what charts and projects look like, and the mistakes
 * after the catalogue of rules and what people write; neither was made to fit how a rule looks for it.
 */
export interface Seed {
  /** Of the rule that is about this mistake. */
  rule: string
  /** The file without it, below this folder. */
  base: string
  /** The mistake in a few words. */
  says: string
  /** Each text stands once in the file, and is replaced. */
  changes: readonly (readonly [from: string, to: string])[]
  /** A text of the file with the mistake; the line it begins on is where a person would look. */
  at: string
  /** What is missing stands on no line: any within the block that begins there is right. */
  isMissing?: true
}

/** A file with one mistake. */
export interface Seeded {
  text: string
  /** From here to the last, both counting from 1, a finding stands right. */
  firstLine: number
  lastLine: number
}

/** Puts a mistake into the file it belongs to. */
export function seeded(seed: Seed, correct: string): Seeded {
  const { base, says, changes, at } = seed
  let text = correct
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${base}, ${says}: ${from} stands not once`)
    text = text.replace(from, () => to)
  }
  const found = text.indexOf(at)
  if (found === -1) throw new Error(`${base}, ${says}: ${at} does not stand in it`)
  const start = found + at.search(/\S|$/)
  const firstLine = text.slice(0, start).split('\n').length
  const lastLine = seed.isMissing === true ? endOfBlock(text.split('\n'), firstLine) : firstLine
  return { text, firstLine, lastLine }
}

/** The last line that is indented more than the first of a block. */
function endOfBlock(lines: readonly string[], first: number): number {
  const indent = (line: string): number => line.search(/\S/)
  const least = indent(lines[first - 1] ?? '')
  const next = lines.findIndex(
    (line, index) => index >= first && indent(line) <= least && line !== '',
  )
  return next === -1 ? lines.length : next
}
