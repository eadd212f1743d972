import { KIB } from '../../../model/bytes.ts'
import { readPostgresSize } from '../../../parsers/quantity/postgres.ts'
import { programWords } from '../../documents/words.ts'
import type { Container, Word } from '../../workload.ts'

/** Settings of PostgreSQL that its command line gives with -c or --name=value. */
export function postgresSettings({ words, image }: Container): ReadonlyMap<string, Word> {
  const settings = new Map<string, Word>()
  const own = programWords(words, /^postgres$/)
  const isImage = /(?:^|\/)(?:postgres|postgis|timescaledb|pgvector)(?::|@|$)/.test(
    image?.text ?? '',
  )
  for (const word of own.length > 0 ? own : isImage ? words : []) {
    const [, name = '', value] = /^(?:-c|--)?([a-z_-]+)=(.+)$/.exec(word.text) ?? []
    if (value !== undefined)
      settings.set(name.replaceAll('-', '_'), { text: value, place: word.place })
  }
  return settings
}

/** A setting in bytes; null where it is not set or not understood. */
export function settingBytes(settings: ReadonlyMap<string, Word>, name: string): number | null {
  const unit = name === 'shared_buffers' ? 8 * KIB : KIB
  return readPostgresSize(settings.get(name)?.text ?? '', unit)
}
