import { basename, dirname, join } from 'node:path'
import { usageError } from '../../../model/errors.ts'
import { isRecord, field, textField } from '../../../parsers/json-fields.ts'
import type { Reader } from '../../../sources/reader.ts'
import { readExactly } from '../../text-edit/file.ts'
import { readCompose } from './document.ts'
import { DEPLOY_LIMIT, LIMIT, lookupIn } from './memory.ts'

const MAX_DEPTH = 8

/** The services that this one extends, nearest first: what it does not say itself, they say. */
export function extendedServices(
  reader: Reader,
  file: string,
  data: Readonly<Record<string, unknown>>,
  service: string,
): unknown[] {
  const found: unknown[] = []
  let here = { file, data, service }
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const extended = field(here.data, 'services', here.service, 'extends')
    const name = typeof extended === 'string' ? extended : textField(extended, 'service')
    if (name === null) break
    const named = textField(extended, 'file')
    const next = named === null ? here.file : join(dirname(here.file), named)
    const text = next === here.file ? null : readExactly(reader, next)
    if (next !== here.file && text === null) break
    here = {
      file: next,
      data: text === null ? here.data : readCompose(next, text).data,
      service: name,
    }
    const base = field(here.data, 'services', name)
    if (isRecord(base)) found.push(base)
  }
  return found
}

/** @throws StellaError where the file that Compose lays over this one sets the limit: what is written here would not hold */
export function refuseOverridden(reader: Reader, file: string, service: string): void {
  const [, stem, extension] = /^((?:docker-)?compose)\.(ya?ml)$/.exec(basename(file)) ?? []
  if (stem === undefined) return
  for (const ending of new Set([extension, 'yml', 'yaml'])) {
    const over = join(dirname(file), `${stem}.override.${ending}`)
    const text = readExactly(reader, over)
    if (text === null) continue
    const above = lookupIn([field(readCompose(over, text).data, 'services', service)])
    if (above(LIMIT) === null && above(DEPLOY_LIMIT) === null) continue
    throw usageError(
      `sets the memory limit of ${service}, and wins over ${basename(file)}`,
      over,
      'change the limit in this file: name it as the target',
    )
  }
}
