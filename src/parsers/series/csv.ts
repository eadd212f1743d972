import { limitOrNull } from '../../model/bytes.ts'
import { usageError } from '../../model/errors.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Sample, SeriesMark } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { FIRST_MILLISECONDS, instantOf, possibleInstant } from '../instant.ts'
import { detached, linesOf } from '../lines.ts'
import { columnNamed, isSize } from './csv-columns.ts'
import type { Column, Figure } from './csv-columns.ts'
import { createSeriesBuilder } from './series-builder.ts'
import type { Row, SeriesBuilder } from './series-builder.ts'
import type { SeriesFormat } from './series-format.ts'
import { shown } from './shown.ts'

const HEADER = "write a header line such as 'time,bytes' or 'time,bytes,limit' first"
const MAX_COLUMNS = 100

/** A table with a header line: `time,bytes[,limit]`, and more columns by name. Separators are commas, semicolons or tabs. */
export const csvFormat: SeriesFormat = {
  recognise: (head) => /^[^{[\n]*[,;\t]/.test(head.trimStart()),
  read(text, from) {
    const builder = createSeriesBuilder(from)
    const unknown: string[] = []
    let table: Table | null = null
    for (const { number, text: line } of linesOf(text)) {
      if (line.trim() === '' || line.startsWith('#')) continue
      if (table === null) {
        table = headerOf(line, `${from}:${number}`)
        if (table.strangers.length > 0) {
          unknown.push(`columns that are not understood: ${table.strangers.join(', ')}`)
        }
        continue
      }
      const row = rowOf(table, line, { from, line: number, builder })
      if (row !== null) builder.add(row)
    }
    const built = builder.finish()
    return {
      subject: null,
      source: 'csv',
      group: { subject: 'group', name: null, process: null, ...built.series },
      processes: [],
      regions: [],
      unknown: [...unknown, ...built.unknown],
    }
  },
}

interface Table {
  separator: string
  columns: readonly (Column | null)[]
  strangers: readonly string[]
}

interface Place {
  from: string
  line: number
  builder: SeriesBuilder
}

function headerOf(line: string, where: string): Table {
  const separator = [',', ';', '\t'].find((candidate) => line.includes(candidate)) ?? ','
  const names = cellsOf(line.replace(/^\uFEFF/, ''), separator).slice(0, MAX_COLUMNS)
  const columns = names.map(columnNamed)
  if (!columns.some((column) => column?.kind === 'time')) {
    const isData = /^[\d\s"]/.test(line)
    throw usageError(
      isData ? 'the first line holds figures, not names' : 'no column is called time',
      where,
      HEADER,
    )
  }
  if (!columns.some((column) => column?.kind === 'figure' && column.figure !== 'limitBytes')) {
    throw usageError('no column tells memory', where, HEADER)
  }
  const strangers = names.filter((_, index) => columns[index] === null).map(shown)
  return { separator, columns: withoutDoubles(columns), strangers }
}

/** `rss` beside `bytes`: the first one that means a figure is it. */
function withoutDoubles(columns: readonly (Column | null)[]): (Column | null)[] {
  const seen = new Set<string>()
  return columns.map((column) => {
    const key = column?.kind === 'figure' ? column.figure : column?.kind
    if (column === null || key === undefined || seen.has(key)) return null
    seen.add(key)
    return column
  })
}

function rowOf(table: Table, line: string, place: Place): Row | null {
  const cells = cellsOf(line, table.separator)
  const where = `${place.from}:${place.line}`
  if (cells.length > table.columns.length && cells.slice(table.columns.length).some(Boolean)) {
    throw usageError(
      `the line has ${cells.length} fields, the header ${table.columns.length}`,
      where,
      'give each line the fields that the header names',
    )
  }
  let at: Instant | null = null
  let life: string | null = null
  let marks: Row['marks']
  const figures: Partial<Record<Figure, number | null>> = {}
  for (const [index, column] of table.columns.entries()) {
    const cell = cells[index] ?? ''
    if (column === null || (cell === '' && column.kind !== 'time')) continue
    if (column.kind === 'time') at = timeOf(cell, where)
    else if (column.kind === 'life') life = detached(cell)
    else if (column.kind === 'marks') marks = marksOf(cell)
    else figures[column.figure] = figureOf(column.figure, cell, where, place)
  }
  if (at === null) return null
  const sample: Sample = { at, ...NO_SAMPLE, ...figures }
  return { sample, life, line: place.line, ...(marks === undefined ? {} : { marks }) }
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

function timeOf(cell: string, where: string): Instant {
  const number = NUMBER.test(cell) ? Number(cell) : null
  const at =
    number === null
      ? instantOf(cell)
      : possibleInstant(number >= FIRST_MILLISECONDS ? number : number * 1000)
  if (at !== null) return at
  throw usageError(
    `'${shown(cell)}' is no time`,
    where,
    'write Unix seconds, or RFC 3339 with a time zone, as in 2026-11-21T08:00:00Z',
  )
}

function figureOf(figure: Figure, cell: string, where: string, place: Place): number | null {
  const isLimit = figure === 'limitBytes'
  if (isLimit && /^(?:max|none|unlimited|null|-1|\+?inf(?:inity)?)$/i.test(cell)) return null
  if (/^(?:nan|null|none|n\/a|-)$/i.test(cell)) {
    place.builder.leftOut(`a value is '${shown(cell)}'`, place.line)
    return null
  }
  if (!NUMBER.test(cell) && !/^[+-]?inf(?:inity)?$/i.test(cell)) {
    throw usageError(
      `'${shown(cell)}' is no number${isSize(figure) ? ' of bytes' : ''}`,
      where,
      'write plain numbers without a unit',
    )
  }
  const value = Number(cell)
  if (!Number.isFinite(value)) {
    place.builder.leftOut('a value is infinite', place.line)
    return null
  }
  if (value < 0) {
    place.builder.leftOut('a value is negative', place.line)
    return null
  }
  if (!isSize(figure)) return value
  return isLimit ? noLimitOf(value) : Math.round(value)
}

/** 0 is how tools write that there is no limit: a group with a limit of 0 could not hold its first page. */
function noLimitOf(value: number): number | null {
  return value === 0 ? null : limitOrNull(Math.round(value))
}

const MARK = /^(start|kill|change)(?::\s*(.{0,200}))?$/

function marksOf(cell: string): Pick<SeriesMark, 'kind' | 'says'>[] {
  return cell.split(';').flatMap((part) => {
    const match = MARK.exec(part.trim())
    const kind = match?.[1]
    if (kind !== 'start' && kind !== 'kill' && kind !== 'change') return []
    return [{ kind, says: detached(match?.[2] ?? kind) }]
  })
}

/** RFC 4180 without line ends inside of quotes. */
function cellsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim())
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (char === '"' && quoted && line[at + 1] === '"') {
      cell += char
      at++
    } else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  return [...cells, cell.trim()]
}
