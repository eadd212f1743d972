/** What the text of a help consists of. */
export interface HelpParts {
  /** Paragraphs, each in one line. */
  text: readonly string[]
  /** Lines, without their indent. */
  examples: readonly string[]
  /** What the exit codes mean; null: it does not say. */
  exit: string | null
}

const EXIT = 'Exit code: '

/** The parts of a help text: what it says, its examples, its exit codes. */
export function partsOf(help: string): HelpParts {
  const text: string[] = []
  const examples: string[] = []
  let exit: string | null = null
  for (const block of help.split('\n\n')) {
    const lines = block.split('\n')
    if (/^Examples?:$/.test(lines[0] ?? '')) {
      examples.push(...lines.slice(1).map((line) => line.trim()))
      continue
    }
    const said = lines.map((line) => line.trim()).join(' ')
    const at = said.indexOf(EXIT)
    if (at !== 0) text.push(at === -1 ? said : said.slice(0, at).trim())
    if (at !== -1) exit = said.slice(at + EXIT.length)
  }
  return { text, examples, exit }
}
