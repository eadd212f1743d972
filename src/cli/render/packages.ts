import { counted } from '../../model/counted.ts'
import { platformText } from '../../model/image.ts'
import type { PackageType } from '../../model/package.ts'
import { printable } from '../../report/printable.ts'
import {
  packageName,
  problemSentence,
  type SbomDocument,
  type SbomPackage,
} from '../../sbom/document.ts'
import { licencesOf, textOf } from '../../sbom/licence.ts'
import type { Paint } from './paint.ts'
import { fitted } from './screen-text.ts'
import { wrapHanging } from './wrap.ts'

interface PackageTableOptions {
  /** Columns of the terminal; null where the text goes elsewhere, and nothing is cut. */
  width: number | null
  paint: Paint
}

interface Column {
  text(item: SbomPackage): string
  /** Of the line, where there is no room for all; together they are 1. */
  share: number
  /** Where a text that is too long is cut: the end of a path tells more than its beginning. */
  cutAt: 'end' | 'start'
}

interface Group {
  count: number
  /** Characters of the longest text of each column. */
  longest: readonly number[]
}

const COLUMNS: readonly Column[] = [
  { text: (item) => packageName(item.package), share: 0.32, cutAt: 'end' },
  { text: (item) => item.package.version ?? '', share: 0.22, cutAt: 'end' },
  { text: licenceNames, share: 0.13, cutAt: 'end' },
  { text: places, share: 0.33, cutAt: 'start' },
]
const INDENT = '  '
const GAP = '  '
/** Of texts that are wrapped, and go to no terminal. */
const USUAL_WIDTH = 100
/** Where nothing is cut, a longer text shifts its own line alone. */
const MAX_PADDED = 60
/** Lines are written together, of about as many characters. */
const PIECE_LENGTH = 64 * 1024

/**
 * What is in an image, for people: how many packages of each type, which ones, and what could not be read.
 * Packages are asked for twice, and none is kept.
 */
export async function* packageTable(
  document: SbomDocument,
  { width, paint }: PackageTableOptions,
): AsyncGenerator<string> {
  const groups = await measure(document)
  let piece = headerText(document, groups, width ?? USUAL_WIDTH, paint)
  let type: PackageType | null = null
  let widths: readonly number[] = []
  for await (const item of document.packages()) {
    if (item.package.type !== type) {
      type = item.package.type
      const { count, longest } = groups.get(type) ?? { count: 0, longest: [] }
      widths = columnWidths(longest, width)
      piece += `\n${paint.bold(`${type}, ${count}`)}\n`
    }
    piece += `${INDENT}${cells(item, widths, width !== null)
      .join(GAP)
      .trimEnd()}\n`
    if (piece.length >= PIECE_LENGTH) {
      yield piece
      piece = ''
    }
  }
  yield piece
  yield* problemText(document, width ?? USUAL_WIDTH, paint)
}

/** By type, in the order of the packages. */
async function measure(document: SbomDocument): Promise<Map<PackageType, Group>> {
  const groups = new Map<PackageType, Group>()
  for await (const item of document.packages()) {
    const { type } = item.package
    const { count, longest } = groups.get(type) ?? { count: 0, longest: [] }
    groups.set(type, {
      count: count + 1,
      longest: COLUMNS.map(({ text }, at) =>
        Math.max(longest[at] ?? 0, printable(text(item)).length),
      ),
    })
  }
  return groups
}

function headerText(
  { subject }: SbomDocument,
  groups: ReadonlyMap<PackageType, Group>,
  width: number,
  paint: Paint,
): string {
  const total = [...groups.values()].reduce((sum, { count }) => sum + count, 0)
  const counts = [...groups].map(([type, { count }]) => `${count} ${type}`).join(', ')
  const answer = `${printable(subject.name)}: ${counted(total, 'package')}`
  const about = [
    ...(subject.distribution === null ? [] : [subject.distribution.name]),
    ...(subject.platform === null ? [] : [platformText(subject.platform)]),
    ...(subject.layers.length === 0 ? [] : [counted(subject.layers.length, 'layer')]),
  ].join(', ')
  return [
    ...wrapHanging('', counts === '' ? answer : `${answer} (${counts})`, width).map(paint.bold),
    ...(about === '' ? [] : wrapHanging(INDENT, printable(about), width).map(paint.dim)),
    '',
  ].join('\n')
}

/** Columns that need less than their share leave the rest to the others. */
function columnWidths(longest: readonly number[], width: number | null): number[] {
  if (width === null) return longest.map((length) => Math.min(length, MAX_PADDED))
  const needs = COLUMNS.map(({ share }, at) => ({ at, share, need: longest[at] ?? 0 }))
  let left = width - INDENT.length - GAP.length * (COLUMNS.length - 1)
  let shares = 1
  const widths: number[] = []
  for (const { at, share, need } of needs.toSorted((a, b) => a.need / a.share - b.need / b.share)) {
    const taken = Math.min(need, Math.round((left * share) / shares))
    widths[at] = taken
    left -= taken
    shares -= share
  }
  return widths
}

function cells(item: SbomPackage, widths: readonly number[], isCut: boolean): string[] {
  return COLUMNS.map(({ text, cutAt }, at) => {
    const width = widths[at] ?? 0
    return isCut ? fitted(text(item), width, cutAt) : printable(text(item)).padEnd(width)
  })
}

function licenceNames({ package: { licences } }: SbomPackage): string {
  return licencesOf(licences).map(textOf).join(', ')
}

function places({ occurrences }: SbomPackage): string {
  const [first, ...others] = occurrences
  if (first === undefined) return ''
  return others.length === 0 ? first.path : `${first.path} +${others.length}`
}

function* problemText(document: SbomDocument, width: number, paint: Paint): Generator<string> {
  let isFirst = true
  for (const problem of document.problems()) {
    if (isFirst) yield `\n${paint.bad('Not read, so that packages may be missing')}\n`
    isFirst = false
    const lines = wrapHanging(`${INDENT}- `, printable(problemSentence(problem)), width)
    yield `${lines.join('\n')}\n`
  }
}
