import { detached } from '../lines.ts'

const MAX_CHARS = 40

/** A few words of a file, as they may stand in a sentence: short, on one line, without what moves a cursor. */
export function shown(text: string): string {
  const plain = text.replaceAll(/\p{C}|\p{Z}/gu, ' ')
  return detached(plain.length <= MAX_CHARS ? plain : `${plain.slice(0, MAX_CHARS - 2)}…`)
}
