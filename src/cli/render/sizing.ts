import { quote } from '../../advice/shell.ts'
import { formatBytes, MIB } from '../../model/bytes.ts'
import type { Sizing, SizingBound } from '../../model/sizing.ts'
import type { Target } from '../../model/subject.ts'
import { targetWords } from '../target.ts'
import type { Paint } from './paint.ts'
import { sentence } from '../../report/sentence.ts'
import { printable } from '../../report/printable.ts'
import { sizeWithBytes } from '../../report/size.ts'
import { textTable } from '../../report/table.ts'
import { subjectWords } from '../../report/words.ts'
import { wrap, wrapHanging } from './wrap.ts'

export interface SizingOptions {
  /** Null: a series. */
  target: Target | null
  /** The present limit. */
  limitBytes: number | null
  width: number
  paint: Paint
  /** The first line alone. */
  quiet: boolean
}

/** A size for a terminal: the answer, why, what bounds it, what is not known, and what to do next. */
export function sizingReport(sizing: Sizing, options: SizingOptions): string {
  const { width, paint, quiet } = options
  const tone = sizing.limitBytes === null ? paint.bad : paint.good
  const headline = printable(headlineOf(sizing, options.target))
  if (quiet) return `${headline}\n`
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines]
  const lines = [
    ...wrap(headline, width).map(tone),
    ...wrapHanging('  ', subtitleOf(sizing, options), width).map(paint.dim),
    ...section('Why', bullets(sizing.because, width)),
    ...section('Bounds', boundLines(sizing.bounds)),
    ...section('Not known', bullets(sizing.unknown, width)),
    ...section('Next', nextLines(sizing, options)),
  ]
  return `${lines.join('\n')}\n`
}

function headlineOf(sizing: Sizing, target: Target | null): string {
  const { limitBytes, requestBytes, subject, growth, bounds } = sizing
  const who = subject === null ? 'It' : subjectWords(subject)
  if (limitBytes === null) {
    if (bounds.length > 0) return `${who} does not fit: no limit that it may have is enough`
    return growth.kind === 'leak' ||
      growth.diagnosis === 'leak' ||
      growth.diagnosis === 'suspected-leak'
      ? `${who} grows without end: no limit is right`
      : `Too little is known of ${subject === null ? 'it' : who} for a limit`
  }
  const request =
    requestBytes === null ? '' : `, and a request of ${quantity(target, requestBytes)}`
  return `${who} should have a limit of ${quantity(target, limitBytes)}${request}`
}

/** As the platform takes it, and in bytes; without a platform as Docker does. */
function quantity(target: Target | null, bytes: number): string {
  return `${target?.kind === 'pod' ? limitFor(target, bytes) : dockerQuantity(bytes)} (${sizeWithBytes(bytes).replace(/ \((.*)\)$/, ', $1')})`
}

function dockerQuantity(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB}m` : String(bytes)
}

function subtitleOf({ growth, confidence, limitBytes }: Sizing, options: SizingOptions): string {
  const now = options.limitBytes === null ? 'none' : formatBytes(options.limitBytes)
  const diagnosis = growth.diagnosis === null ? '' : `, ${growth.diagnosis}`
  const kind = `${growth.kind}${diagnosis === `, ${growth.kind}` ? '' : diagnosis}`
  const grows = `limit now: ${now}; growth: ${growth.kind === 'unknown' ? 'not known yet' : kind}`
  return limitBytes === null ? grows : `${grows}; confidence: ${Math.round(confidence * 100)} %`
}

/** Where the name that scripts know is short for a person. */
const BOUND_WORDS: Readonly<Record<string, string>> = {
  least: 'no limit is set below that',
  host: 'memory of the machine',
  'high-water mark': "the kernel's high-water mark, with room",
  'observed need': 'observed need, with room',
  'out-of-memory kill': 'more than it was killed at',
}

function boundLines(bounds: readonly SizingBound[]): string[] {
  return textTable(
    [],
    bounds.map(({ name, kind, bytes, binds }) => [
      binds ? '  >' : '   ',
      kind === 'at-least' ? 'at least' : 'at most',
      formatBytes(bytes),
      BOUND_WORDS[name] ?? name,
    ]),
    [2],
  )
}

function nextLines(sizing: Sizing, { target, limitBytes: present }: SizingOptions): string[] {
  const named = target === null ? 'docker:NAME' : printable(quote(targetWords(target)))
  const { limitBytes } = sizing
  const isGlimpse = sizing.growth.kind === 'unknown' && target !== null
  // Taking memory away rests on more than a glimpse.
  if (isGlimpse && (limitBytes === null || (present !== null && limitBytes < present))) {
    return [`  stella size ${named} --for 10m`, `  stella record ${named}`]
  }
  if (limitBytes === null || limitBytes === present) return []
  return [`  stella fix ${named} --limit ${limitFor(target, limitBytes)}`]
}

/** As the platform writes it. */
function limitFor(target: Target | null, bytes: number): string {
  switch (target?.kind) {
    case 'pod':
    case 'cgroup':
    case 'process':
      return bytes % MIB === 0 ? `${bytes / MIB}Mi` : String(bytes)
    case 'marathon':
      return String(bytes / MIB)
    default:
      return dockerQuantity(bytes)
  }
}

function bullets(texts: readonly string[], width: number): string[] {
  return texts.flatMap((text) => wrapHanging('  - ', sentence(text), width))
}
