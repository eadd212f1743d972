import type { ProcessShare, RuntimeItem, RuntimeView } from '../../model/bill.ts'
import { formatBytes } from '../../model/bytes.ts'
import { printable } from '../../report/printable.ts'
import { textTable } from '../../report/table.ts'
import { wrapHanging } from './wrap.ts'

/** The largest are shown; --json has all. */
const SHOWN = 15

/** Processes as a table; columns that nobody has are left out. */
export function processLines(processes: readonly ProcessShare[], width: number): string[] {
  if (processes.length === 0) return []
  const columns = COLUMNS.filter(
    ({ always, of }) => always === true || processes.some((one) => of(one) !== null),
  )
  const shown = processes.slice(0, SHOWN)
  const rows = shown.map((process) => [
    ...columns.map(({ of }) => of(process) ?? '-'),
    commandOf(process),
  ])
  const head = [...columns.map(({ name }) => name), 'Command']
  const lines = textTable(
    head,
    rows,
    columns.map((_, at) => at),
  ).map((line) => `  ${line}`)
  const more = processes.length - shown.length
  return [
    ...lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line)),
    ...(more > 0 ? [`  and ${more} more, smaller ones; --json has all of them`] : []),
  ]
}

interface Column {
  name: string
  of: (process: ProcessShare) => string | null
  always?: boolean
}

const COLUMNS: readonly Column[] = [
  { name: 'PID', of: ({ pid }) => String(pid), always: true },
  { name: 'Inside', of: ({ innerPid }) => (innerPid === null ? null : String(innerPid)) },
  { name: 'PSS', of: ({ pssBytes }) => size(pssBytes) },
  { name: 'Anonymous', of: ({ pssAnonBytes }) => size(pssAnonBytes) },
  { name: 'File', of: ({ pssFileBytes }) => size(pssFileBytes) },
  { name: 'Shared', of: ({ pssShmemBytes }) => size(pssShmemBytes) },
  { name: 'RSS', of: ({ rssBytes }) => size(rssBytes), always: true },
  { name: 'Swap', of: ({ swapBytes }) => (swapBytes === 0 ? null : size(swapBytes)) },
  { name: 'Threads', of: ({ threads }) => (threads === null ? null : String(threads)) },
]

function size(bytes: number | null): string | null {
  return bytes === null ? null : formatBytes(bytes)
}

function commandOf({ name, command }: ProcessShare): string {
  return printable(command.length === 0 ? `[${name}]` : command.join(' ')).slice(0, 200)
}

/** One runtime's own account. */
export function runtimeLines(view: RuntimeView, width: number): { title: string; lines: string[] } {
  const version = view.version === null ? '' : ` (${view.version})`
  const resident =
    view.residentBytes === null ? '' : `: ${formatBytes(view.residentBytes)} resident`
  const rest: Row[] =
    view.unattributedBytes === null
      ? []
      : [{ name: 'not attributed', size: formatBytes(view.unattributedBytes), words: '' }]
  return {
    title: `Inside ${printable(view.runtime)}, PID ${view.pid}${printable(version)}${resident}`,
    lines: [
      ...itemRows([...view.items.map(rowOf), ...rest], width),
      ...view.findings.flatMap((text) => wrapHanging('  - ', printable(text), width)),
    ],
  }
}

interface Row {
  name: string
  size: string
  words: string
}

function rowOf(item: RuntimeItem): Row {
  const { capBytes, cap, reservedBytes } = item
  const words = [
    reservedBytes === null ? '' : `of ${formatBytes(reservedBytes)} reserved`,
    capBytes === null
      ? (cap ?? '')
      : `at most ${formatBytes(capBytes)}${cap === null ? '' : ` by ${cap}`}`,
  ].filter((word) => word !== '')
  return {
    name: item.name,
    size: item.bytes === null ? '-' : formatBytes(item.bytes),
    words: `${words.join(', ')} [${item.source}]`.trimStart(),
  }
}

/** Names and sizes in columns; what is said about them is wrapped beside. */
function itemRows(rows: readonly Row[], width: number): string[] {
  const widest = (of: (row: Row) => string): number =>
    Math.max(0, ...rows.map((row) => of(row).length))
  const names = widest(({ name }) => name)
  const sizes = widest(({ size }) => size)
  return rows.flatMap(({ name, size, words }) =>
    wrapHanging(
      `  ${printable(name).padEnd(names)}  ${size.padStart(sizes)}  `,
      printable(words),
      width,
    ),
  )
}
