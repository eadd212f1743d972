import type { Bill, BillItem } from '../../model/bill.ts'
import { formatBytes } from '../../model/bytes.ts'
import { processLines, runtimeLines } from './bill-processes.ts'
import type { Paint } from './paint.ts'
import { sentence } from '../../report/sentence.ts'
import { printable } from '../../report/printable.ts'
import { sizeWithBytes } from '../../report/size.ts'
import { textTable } from '../../report/table.ts'
import { localTime } from '../../report/time.ts'
import { subjectWords } from '../../report/words.ts'
import { wrap, wrapHanging } from './wrap.ts'

export interface BillOptions {
  width: number
  paint: Paint
  /** The first line alone. */
  quiet: boolean
}

/**
 * A bill for a terminal: the answer, the items, what stands out, then processes, runtimes and tools. Redacted bills only.
 *
 * @param before an earlier bill of the same subject, to tell what changed
 */
export function billReport(bill: Bill, before: Bill | null, options: BillOptions): string {
  const { width, paint, quiet } = options
  if (quiet) return `${headline(bill)}\n`
  const lines = [
    ...wrap(headline(bill), width).map((line) => paint.bold(line)),
    ...subtitle(bill)
      .flatMap((text) => wrapHanging('  ', text, width))
      .map(paint.dim),
    '',
    ...itemLines(bill, before, paint),
    ...section('Beside the charge', besideLines(bill), paint),
    ...section('What holds it back beside the limit', boundLines(bill, width), paint),
    ...section('What stands out', bullets(bill.findings, width), paint),
    ...section(
      'Page cache',
      bill.pageCache === null ? [] : bullets(bill.pageCache.says, width),
      paint,
    ),
    ...section(processTitle(bill), processLines(bill.processes, width), paint),
    ...bill.runtimes.flatMap((view) => {
      const { title, lines: inside } = runtimeLines(view, width)
      return section(title, inside, paint)
    }),
    ...section('What the tools show', toolLines(bill, options), paint),
    ...section('Not known', bullets(bill.unknown, width), paint),
  ]
  return `${lines.join('\n')}\n`
}

function headline(bill: Bill): string {
  const { chargeBytes, limitBytes, scope, moment } = bill
  const verb =
    moment === 'kill'
      ? 'was charged'
      : scope === 'process'
        ? 'accounts for'
        : scope === 'host'
          ? 'uses'
          : 'is charged'
  const of =
    limitBytes === null
      ? scope === 'group'
        ? ', without a limit of its own'
        : ''
      : `, ${share(chargeBytes, limitBytes)} of its limit of ${formatBytes(limitBytes)}`
  const when = moment === 'kill' ? ' when it was killed' : ''
  return `${subjectWords(bill.subject)} ${verb} ${sizeWithBytes(chargeBytes)}${when}${of}`
}

function subtitle(bill: Bill): string[] {
  const where = bill.path === null ? [] : [`memory group ${printable(bill.path)}`]
  const version = bill.cgroupVersion === null ? [] : [`cgroup v${bill.cgroupVersion}`]
  return [
    [...where, ...version, bill.chargeSource].join(', '),
    `${sizeWithBytes(bill.unreclaimableBytes)} of it stays when memory gets tight, unless there is swap; ${localTime(bill.at)}`,
  ]
}

function itemLines(bill: Bill, before: Bill | null, paint: Paint): string[] {
  const total = bill.chargeBytes
  const row = (name: string, bytes: number, source: string, was: number | null): string[] => [
    name,
    formatBytes(bytes),
    share(bytes, total),
    ...(before === null ? [] : [change(bytes, was)]),
    source,
  ]
  const rows = bill.items
    .toSorted((a, b) => b.bytes - a.bytes)
    .flatMap((item) => [
      row(item.name, item.bytes, item.source, itemBytes(before, item.name)),
      ...item.parts.map((part) =>
        row(`  ${part.name}`, part.bytes, part.source, partBytes(before, item, part.name)),
      ),
    ])
  const head = ['Item', 'Size', 'Share', ...(before === null ? [] : ['Change']), 'From']
  const [first = '', ...rest] = textTable(
    head,
    [
      ...rows,
      row(
        'not attributed',
        bill.unattributedBytes,
        'charge less the items',
        before?.unattributedBytes ?? null,
      ),
      row('charge', total, bill.chargeSource, before?.chargeBytes ?? null),
    ],
    before === null ? [1, 2] : [1, 2, 3],
  )
  return [paint.bold(first), ...rest]
}

function itemBytes(before: Bill | null, name: string): number | null {
  return before === null ? null : (before.items.find((item) => item.name === name)?.bytes ?? 0)
}

function partBytes(before: Bill | null, { name }: BillItem, part: string): number | null {
  const item = before?.items.find((one) => one.name === name)
  return before === null ? null : (item?.parts.find((one) => one.name === part)?.bytes ?? 0)
}

/** Smaller changes are the kernel's own batches of counting. */
const NOISE_BYTES = 64 * 1024

function change(bytes: number, was: number | null): string {
  if (was === null || Math.abs(bytes - was) < NOISE_BYTES) return ''
  return `${bytes > was ? '+' : '-'}${formatBytes(Math.abs(bytes - was))}`
}

function besideLines(bill: Bill): string[] {
  const rows = bill.beside.map((part) => [`  ${part.name}`, formatBytes(part.bytes), part.source])
  return textTable([], rows, [1])
}

function boundLines(bill: Bill, width: number): string[] {
  return bill.bounds.flatMap(({ name, bytes, source, says }) => [
    ...wrapHanging('  ', `${name}  ${sizeWithBytes(bytes)} [${source}]`, width),
    ...wrapHanging('      ', printable(says), width),
  ])
}

function processTitle({ processes }: Bill): string {
  return processes.some(({ pssBytes }) => pssBytes !== null)
    ? 'Processes, with pages that several share divided among them (PSS)'
    : 'Processes, with pages that several share counted at each'
}

function toolLines(bill: Bill, { width, paint }: BillOptions): string[] {
  return bill.tools.flatMap((figure) => {
    const bytes = figure.bytes === null ? 'nothing' : sizeWithBytes(figure.bytes)
    const difference =
      figure.bytes === null || figure.bytes === bill.chargeBytes
        ? ''
        : ` (${change(figure.bytes, bill.chargeBytes) || 'about the same'})`
    return [
      ...wrapHanging('  ', `${paint.bold(figure.tool)}  ${bytes}${difference}`, width),
      ...wrapHanging('      ', `${figure.says} [${figure.formula}]`, width),
    ]
  })
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines]
}

function bullets(texts: readonly string[], width: number): string[] {
  return texts.flatMap((text) => wrapHanging('  - ', sentence(text), width))
}

function share(bytes: number, of: number): string {
  return of === 0 ? '-' : `${((bytes / of) * 100).toFixed(1)} %`
}
