import { instantOrNull, isoInstant } from './clock.ts'
import type { Instant } from '../../model/time.ts'

/** What somebody who ships, shows or exports logs has put around a line of a kernel log. */
export interface Shipped {
  /** The line as the machine wrote it. */
  text: string
  /** By the one who shipped it. */
  at: Instant | null
  /** It says that the kernel wrote it. */
  saysKernel: boolean
}

const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`
/** Milliseconds, microseconds or nanoseconds since 1970. */
const EPOCH = String.raw`\d{13}|\d{16}|\d{19}`
const KIBANA = String.raw`[A-Z][a-z]{2} \d{1,2}, \d{4} @ \d\d:\d\d:\d\d\.\d{3}`

/** `talosctl dmesg`: `10.0.0.2: kern: warning: [2026-01-12T20:27:31.913975631Z]: oom-kill:…`; the node is there for several. */
const TALOS = new RegExp(
  String.raw`^(?:\S{1,253}: )?([a-z0-9]{2,8}): {1,8}(?:emerg|alert|crit|err|warning|notice|info|debug): \[(${TIME})\]: `,
)

/** The columns before the line itself in CSV and TSV: times, and words without a blank. */
const COLUMNS = new RegExp(
  String.raw`^(?:(?:"(?:[^"\s]{0,80}|${TIME}|${KIBANA})"|${EPOCH}|${TIME})[,;\t]|(?:${EPOCH}) ){1,8}`,
)
const COLUMN_TIME = new RegExp(String.raw`(?:^|[",;\t])(${EPOCH}|${TIME})(?=[",;\t ])`)

/** How a line of the kernel begins beyond doubt: with the time since boot, or with the sentence of a kill. */
const KERNELS_OWN = String.raw`\[ *\d{1,7}\.\d{6}\] |oom-kill:constraint=CONSTRAINT_|(?:Memory cgroup out|Out) of memory: Kill(?:ed)? process \d`
const BEFORE_IT = new RegExp(
  String.raw`^(?!${KERNELS_OWN})[^\n]{0,199}?[\s|:"',>](?=${KERNELS_OWN})`,
)
const ANY_TIME = new RegExp(String.raw`(?<!\d)(${TIME}|${EPOCH})(?!\d)`)

/** Takes off what is around a line; null where nothing is, or nothing that is known. */
export function unship(raw: string): Shipped | null {
  return fromTalos(raw) ?? fromTable(raw) ?? fromElsewhere(raw)
}

function fromTalos(raw: string): Shipped | null {
  const match = TALOS.exec(raw)
  if (match === null) return null
  const [all, facility, time = ''] = match
  return { text: raw.slice(all.length), at: isoInstant(time), saysKernel: facility === 'kern' }
}

function fromTable(raw: string): Shipped | null {
  const columns = COLUMNS.exec(raw)?.[0]
  if (columns === undefined) return null
  const at = instantOf(COLUMN_TIME.exec(columns)?.[1])
  return { text: unquoted(raw.slice(columns.length)), at, saysKernel: false }
}

function fromElsewhere(raw: string): Shipped | null {
  const before = BEFORE_IT.exec(raw)?.[0]
  if (before === undefined) return null
  const text = before.endsWith('"')
    ? unquoted(raw.slice(before.length - 1))
    : raw.slice(before.length)
  return { text, at: instantOf(ANY_TIME.exec(before)?.[1]), saysKernel: false }
}

/** A column in quotes, in which each quote is written twice. */
function unquoted(column: string): string {
  const quoted = /^"((?:[^"]|"")*)(?:"|$)/.exec(column)?.[1]
  return quoted === undefined ? column : quoted.replaceAll('""', '"')
}

function instantOf(time: string | undefined): Instant | null {
  if (time === undefined) return null
  return /^\d{13,}$/.test(time)
    ? instantOrNull(Number(time) / 10 ** (time.length - 13))
    : isoInstant(time)
}
