import { fileAt } from '../documents/mounts.ts'
import { programWords } from '../documents/words.ts'
import { pythonSettings } from '../settings/python.ts'
import type { Container, Word } from '../workload.ts'
import { oncePerContainer } from './once.ts'
import { variableWords } from './options.ts'

/** A gunicorn as its container's file starts it. */
export interface Gunicorn {
  /** Of `workers`, `threads` and their like; null where it is an expression or not known. */
  settings: ReadonlyMap<string, { word: Word; value: string | null }>
  /** Nothing of its settings comes from elsewhere. */
  isWhole: boolean
  place: Word['place']
}

const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['-w', 'workers'],
  ['--workers', 'workers'],
  ['--threads', 'threads'],
  ['-k', 'worker_class'],
  ['--worker-class', 'worker_class'],
  ['--max-requests', 'max_requests'],
  ['-c', 'config'],
  ['--config', 'config'],
])

/** The gunicorn of a container, and what it reads: its configuration, and above it its variable, and above it its command line. */
export const gunicornOf = oncePerContainer(readGunicorn)

function readGunicorn(container: Container): Gunicorn | null {
  const [program, ...words] = programWords(container.words, /^gunicorn$/)
  if (program === undefined) return null
  const given = new Map([
    ...optionsOf(variableWords(container, 'GUNICORN_CMD_ARGS')),
    ...optionsOf(words),
  ])
  const path = given.get('config')?.value ?? './gunicorn.conf.py'
  const excerpt = fileAt(container, path.replace(/^file:/, ''))
  const settings = new Map<string, { word: Word; value: string | null }>()
  const count = container.environment.get('WEB_CONCURRENCY')
  if (typeof count?.value === 'string')
    settings.set('workers', { word: { text: count.value, place: count.place }, value: count.value })
  for (const [name, { expression, literal }] of excerpt === null ? [] : pythonSettings(excerpt)) {
    if (expression === null) settings.delete(name)
    else settings.set(name, { word: expression, value: literal })
  }
  for (const [name, option] of given) settings.set(name, option)
  return {
    settings,
    isWhole: container.environmentIsWhole && (excerpt !== null || !given.has('config')),
    place: program.place,
  }
}

function optionsOf(words: readonly Word[]): [string, { word: Word; value: string | null }][] {
  return words.flatMap((word, at): [string, { word: Word; value: string | null }][] => {
    const [option = '', joined] = word.text.split('=', 2)
    const name = OPTIONS.get(option)
    const value = joined === undefined ? words[at + 1] : { ...word, text: joined }
    if (name === undefined || value === undefined) return []
    return [[name, { word: joined === undefined ? value : word, value: value.text }]]
  })
}
