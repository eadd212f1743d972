import { programIndex } from '../../documents/words.ts'
import type { Jvm } from '../../runtimes/jvm.ts'
import type { Container, Word } from '../../workload.ts'

/** The word that starts java, where the file holds every option of it: what is not set here is not set anywhere. */
export function startOfWhole({ isWhole }: Jvm, { words }: Container): Word | null {
  return isWhole ? (words[programIndex(words, /^java$/)] ?? null) : null
}
