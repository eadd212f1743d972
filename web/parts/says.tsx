import { printable } from '../../src/report/printable.ts'

/** Commands of ours that a sentence names, and nothing that could be more than that. */
const COMMAND = /(stella (?:scanner [a-z]+(?: [\w.-]*\w)*|serve))/

/** A sentence of the scanner; the command in it is set apart. */
export function Says({ text }: { text: string }) {
  const parts = printable(text).split(COMMAND)
  return <>{parts.map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>
}
