import { KIB } from '../../../model/bytes.ts'
import { readPostgresSize } from '../../../parsers/quantity/postgres.ts'
import type { Excerpt } from '../../documents/excerpt.ts'
import { fileAt, filesIn } from '../../documents/mounts.ts'
import { programWords } from '../../documents/words.ts'
import { assignmentsOf, POSTGRES } from '../../settings/assignments.ts'
import { oncePerContainer } from '../../runtimes/once.ts'
import type { Container, Word } from '../../workload.ts'

type Settings = ReadonlyMap<string, Word>

const IMAGE = /(?:^|\/)(?:postgres|postgis|timescaledb|pgvector)(?::|@|$)/
/** Of the official image, where nothing else is said. */
const DATA = '/var/lib/postgresql/data'
/** Of one configuration: a file may include itself. */
const MAX_INCLUDES = 100

/** Settings of PostgreSQL: those of its configuration where that is known, and above them those of its command line. */
export const postgresSettings = oncePerContainer(readSettings)

function readSettings(container: Container): Settings {
  const { words, image } = container
  const own = programWords(words, /^postgres$/)
  const isImage = IMAGE.test(image?.text ?? '')
  if (own.length === 0 && !isImage) return new Map()
  const given = optionsOf(own.length > 0 ? own : words)
  return new Map([...fileSettings(container, own, given), ...given])
}

/** `-c name=value`, `--name=value`. */
function optionsOf(words: readonly Word[]): Settings {
  const settings = new Map<string, Word>()
  for (const word of words) {
    const [, name = '', value] = /^(?:-c|--)?([a-z_-]+)=(.+)$/.exec(word.text) ?? []
    if (value !== undefined)
      settings.set(name.replaceAll('-', '_'), { text: value, place: word.place })
  }
  return settings
}

function fileSettings(container: Container, own: readonly Word[], given: Settings): Settings {
  const data =
    own[own.findIndex(({ text }) => text === '-D') + 1 || own.length]?.text ??
    container.environment.get('PGDATA')?.value ??
    DATA
  const path = given.get('config_file')?.text ?? `${data}/postgresql.conf`
  const excerpt = fileAt(container, path)
  return excerpt === null
    ? new Map()
    : (settingsIn(excerpt, path, { container, left: MAX_INCLUDES }) ?? new Map())
}

interface Including {
  container: Container
  /** How many files more are read. */
  left: number
}

/** The last one wins; null where another file is included that is not known. */
function settingsIn(excerpt: Excerpt, path: string, including: Including): Settings | null {
  const settings = new Map<string, Word>()
  const { container } = including
  for (const { name, value } of assignmentsOf(excerpt, POSTGRES)) {
    const key = name.toLowerCase()
    if (!/^include(?:_if_exists|_dir)?$/.test(key)) {
      settings.set(key, value)
      continue
    }
    const target = value.text.startsWith('/') ? value.text : `${folderOf(path)}/${value.text}`
    const files =
      key === 'include_dir'
        ? filesIn(container, target, /^[^.].*\.conf$/)
        : [{ path: target, excerpt: fileAt(container, target) }]
    if (files.length === 0) return null
    for (const file of files) {
      const inner =
        file.excerpt !== null && including.left-- > 0
          ? settingsIn(file.excerpt, file.path, including)
          : null
      if (inner === null) return null
      for (const [found, word] of inner) settings.set(found, word)
    }
  }
  return settings
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

/** A setting in bytes; null where it is not set or not understood. */
export function settingBytes(settings: Settings, name: string): number | null {
  const unit = name === 'shared_buffers' ? 8 * KIB : KIB
  return readPostgresSize(settings.get(name)?.text ?? '', unit)
}
