import { fileAt } from '../documents/mounts.ts'
import { scalarAt } from '../documents/value.ts'
import { programWords, shellWords } from '../documents/words.ts'
import type { Container, Word } from '../workload.ts'
import { assignmentsOf, NPMRC } from './assignments.ts'
import { documentIn, wordIn } from './documents.ts'

/** The project's, then the user's: root, and `node` of the official image. */
const FILES = ['.npmrc', '/root/.npmrc', '/home/node/.npmrc']

/** What npm puts into NODE_OPTIONS for the scripts it runs, in the place of what stands there; null where nothing says it. */
export function npmNodeOptions(container: Container): readonly Word[] | null {
  if (programWords(container.words, /^npm$/).length === 0) return null
  for (const path of FILES) {
    const excerpt = fileAt(container, path)
    const option = (excerpt === null ? [] : assignmentsOf(excerpt, NPMRC)).findLast(
      ({ name }) => name === 'node-options',
    )
    if (option !== undefined) return shellWords(option.value)
  }
  return null
}

/** The command behind `npm start` or `npm run NAME`, where package.json is known. */
export function scriptWords(container: Container): readonly Word[] {
  const [, ...words] = programWords(container.words, /^(?:npm|yarn|pnpm)$/)
  const names = words
    .map(({ text }) => text)
    .filter((text) => !/^(?:-.*|run|run-script)$/.test(text))
  const excerpt = names.length === 0 ? null : fileAt(container, 'package.json')
  if (excerpt === null) return []
  const script = scalarAt(documentIn(excerpt), 'scripts', names[0] ?? '')
  return script === null ? [] : shellWords(wordIn(excerpt, script))
}
