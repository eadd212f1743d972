import type { Instant } from '../../model/time.ts'

import { parseInstant, textField } from '../json-fields.ts'

export interface UnwrappedLine {
  /** The line as the program wrote it, as far as that can be told. */
  text: string
  /** From the log driver, or from the line itself where it names a time zone. */
  at: Instant | null
}

const CRI = /^(\d{4}-\d\d-\d\dT\S{8,30}) (?:stdout|stderr) [FP](?::\S+)? (.*)$/
const ISO_PREFIX =
  /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d))\s+(\S.*)?$/
const COMPOSE = /^[\w.-]{1,80} +\| (.*)$/
const SYSLOG =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?[\w.-]{1,64} [\w./@-]{1,64}\[\d{1,10}\]: (.*)$/
const BRACKET_TIME = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,6})?) ([+-]\d{4})\]/
const UTC_TIME = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,6})?) UTC /
// oxlint-disable-next-line no-control-regex -- colours are made of control characters
const COLOUR = /\u001b\[[0-9;]{0,20}m/g

/** Takes off what log drivers put before a line: Docker's JSON file, CRI, `docker logs -t`, Compose, syslog; and colours. */
export function unwrapLine(raw: string): UnwrappedLine {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
  const driver = readDockerJson(line) ?? readCri(line) ?? { text: line, at: null }
  let { text } = driver
  if (text.includes('\u001b')) text = text.replace(COLOUR, '')
  text = COMPOSE.exec(text)?.[1] ?? text
  const iso = ISO_PREFIX.exec(text)
  if (iso !== null) text = iso[2] ?? ''
  text = SYSLOG.exec(text)?.[1] ?? text
  return { text, at: driver.at ?? parseInstant(iso?.[1] ?? null) ?? ownTime(text) }
}

function readDockerJson(line: string): UnwrappedLine | null {
  if (!line.startsWith('{"log":"')) return null
  try {
    const entry: unknown = JSON.parse(line)
    const text = textField(entry, 'log')
    return text === null
      ? null
      : { text: text.replace(/\r?\n$/, ''), at: parseInstant(textField(entry, 'time')) }
  } catch {
    return null
  }
}

function readCri(line: string): UnwrappedLine | null {
  const match = CRI.exec(line)
  return match === null ? null : { text: match[2] ?? '', at: parseInstant(match[1] ?? null) }
}

function ownTime(text: string): Instant | null {
  const bracket = BRACKET_TIME.exec(text)
  if (bracket !== null) return parseInstant(`${bracket[1]}${bracket[2]}`)
  const utc = UTC_TIME.exec(text)
  return utc === null ? null : parseInstant(`${utc[1]}Z`)
}
