import { formatBytes, MIB } from '../../../model/bytes.ts'
import { writeJvmSize } from '../../../parsers/quantity/jvm.ts'
import type { JvmAccount } from './account.ts'
import type { JvmFigures } from './figures.ts'

/** A limit should leave this share free: collections and bursts need room beyond what is seen at a quiet moment. */
const HEADROOM = 1 / 8

/** How the heap and all the rest may grow, against the limit. The worst sentence alone: each of them says more than the next. */
export function boundFindings(
  { settings, residence }: JvmFigures,
  account: JvmAccount,
  limitBytes: number | null,
): string[] {
  const max = settings.heap?.bytes ?? null
  if (limitBytes === null || max === null || settings.heap === null) return []
  const limit = formatBytes(limitBytes)
  const heap = `The heap may grow to ${formatBytes(max)} (${settings.heap.by})`
  const rest = restOf(account, residence?.totalBytes ?? null)
  const advice = adviceFor(limitBytes, rest)
  if (max >= limitBytes) {
    return [
      `${heap}, and the limit is ${limit}: the kernel kills it before Java can throw an OutOfMemoryError.${advice}`,
    ]
  }
  if (rest !== null && max + rest > limitBytes) {
    return [
      `${heap}, and all the rest takes ${formatBytes(rest)} now: ${formatBytes(max + rest)} together, over the limit of ${limit}.${advice}`,
    ]
  }
  if (rest !== null && max + rest > limitBytes * (1 - HEADROOM)) {
    const free = limitBytes - max - rest
    return [
      `${heap}, and all the rest takes ${formatBytes(rest)} now: that leaves ${formatBytes(free)} of the limit of ${limit}, less than an eighth.${advice}`,
    ]
  }
  return worstCase({ settings, residence }, account, limitBytes)
}

/** What is resident beside the heap. */
function restOf(account: JvmAccount, totalBytes: number | null): number | null {
  const heap = account.items.find(({ name }) => name === 'heap')?.bytes ?? null
  return totalBytes === null || heap === null ? null : totalBytes - heap
}

function adviceFor(limitBytes: number, rest: number | null): string {
  if (rest === null) return ''
  const fits = Math.floor((limitBytes * (1 - HEADROOM) - rest) / MIB) * MIB
  if (fits < 16 * MIB) return ' The limit is too small for what it holds beside the heap.'
  return ` With the rest as it is, -Xmx${writeJvmSize(fits).toLowerCase()} leaves an eighth of the limit free.`
}

/** Everything at the most that its own setting lets it: it fits as it is, and may not for ever. */
function worstCase(
  { settings }: Pick<JvmFigures, 'settings' | 'residence'>,
  account: JvmAccount,
  limitBytes: number,
): string[] {
  const parts = ['heap', 'direct buffers', 'code cache', 'metaspace', 'threads'].flatMap((name) => {
    const item = account.items.find((one) => one.name === name)
    // Stacks are hardly ever touched to their end.
    const bytes =
      name === 'threads' ? (item?.bytes ?? null) : (item?.capBytes ?? item?.bytes ?? null)
    return bytes === null ? [] : [{ name, bytes }]
  })
  const sum = parts.reduce((all, { bytes }) => all + bytes, 0)
  if (sum <= limitBytes * (1 - HEADROOM) || settings.direct === null) return []
  const terms = parts.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`).join(', ')
  return [
    `Each at its maximum, ${terms} make ${formatBytes(sum)}; the limit is ${formatBytes(limitBytes)}. -XX:MaxDirectMemorySize, -XX:MaxMetaspaceSize and -XX:ReservedCodeCacheSize bound the rest.`,
  ]
}
