/** Names of one sort that are told one by one; beyond it they are counted. */
const MAX_NAMES = 100

/** What could not be read, told once each, and never without end. */
export interface Problems {
  add(sentence: string): void
  notRecognised(path: string): void
  empty(path: string): void
  sentences(): string[]
}

export function problems(): Problems {
  const told = new Set<string>()
  const notRecognised = namesOf('not recognised')
  const empty = namesOf('empty')
  let more = 0
  return {
    add(sentence) {
      if (told.size < MAX_NAMES || told.has(sentence)) told.add(sentence)
      else more++
    },
    notRecognised: (path) => notRecognised.add(path),
    empty: (path) => empty.add(path),
    sentences: () => [
      ...told,
      ...(more > 0 ? [`${more} more files or folders could not be read`] : []),
      ...notRecognised.sentences(),
      ...empty.sentences(),
    ],
  }
}

function namesOf(what: string): { add(path: string): void; sentences(): string[] } {
  const names: string[] = []
  let more = 0
  return {
    add(path) {
      if (names.length < MAX_NAMES) names.push(path)
      else more++
    },
    sentences: () => [
      ...names.map((name) => `${what}: ${name}`),
      ...(more > 0 ? [`${what}: ${more} more files`] : []),
    ],
  }
}
