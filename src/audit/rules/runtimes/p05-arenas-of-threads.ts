import { inContainers, EVERYWHERE, type Rule } from '../../rule.ts'
import { programWords } from '../../documents/words.ts'
import { usesPlainGlibc } from '../../runtimes/c-library.ts'
import { gunicornOf } from '../../runtimes/gunicorn.ts'
import type { Container, Word } from '../../workload.ts'
import { dockerfile } from '../examples.ts'

/** Images whose tags without `alpine` have glibc. */
const IMAGES = /^(?:python|ruby)$/

const image = (more: string, mark = ''): string =>
  `FROM python:3.12-slim\nCOPY . .\n${more}CMD ["gunicorn", "--threads", "${mark}8", "app:app"]`

export const arenasOfThreads: Rule = {
  id: 'P05',
  severity: 'info',
  isOptional: true,
  title: 'Each thread may keep an arena of malloc',
  why: 'The C library of this image gives threads arenas of their own, as many as eight for each processor of the machine. What Python or Ruby frees in them stays resident, so a process with threads grows by hundreds of megabytes that nothing uses. MALLOC_ARENA_MAX=2 or jemalloc keeps it small.',
  reference: 'mallopt(3), M_ARENA_MAX; hypha 976: malloc_trim gave 1.3 GB back',
  examples: {
    bad: dockerfile(image('', '»')),
    good: dockerfile(image('ENV MALLOC_ARENA_MAX=2\n')),
  },
  check: inContainers(EVERYWHERE, function* (container) {
    const threads = threadsOf(container)
    if (threads === null || !(threads.count > 1) || !container.environmentIsWhole) return
    if (!usesPlainGlibc(container, IMAGES)) return
    yield {
      place: threads.word.place,
      message: `${threads.count} threads share nothing that bounds their arenas`,
    }
  }),
}

function threadsOf(container: Container): { count: number; word: Word } | null {
  const gunicorn = gunicornOf(container)?.settings.get('threads')
  if (gunicorn !== undefined) {
    return { count: Number(gunicorn.value ?? 'none'), word: gunicorn.word }
  }
  for (const [program, options] of [
    [/^puma$/, ['-t', '--threads']],
    [/^sidekiq$/, ['-c', '--concurrency']],
  ] as const) {
    const words = programWords(container.words, program)
    const word = words[words.findIndex(({ text }) => options.some((each) => each === text)) + 1]
    // `-t 5:16`: the second is the most.
    if (word !== undefined && word !== words[0])
      return { count: Number(word.text.split(':').at(-1)), word }
  }
  return null
}
