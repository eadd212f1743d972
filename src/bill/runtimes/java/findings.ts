import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Answer } from '../../../model/question.ts'
import type { RuntimeContext } from '../runtime.ts'
import type { JvmAccount } from './account.ts'
import { boundFindings } from './bounds.ts'
import type { JvmFigures } from './figures.ts'

/** What is less than this is not worth a sentence. */
const TELLING_BYTES = 16 * MIB
const MANY_THREADS = 100
const MANY_ARENAS = 8
/** An application has 10 000 to 30 000 classes; twice as much is worth a look. */
const MANY_CLASSES = 50_000
const LARGE_METASPACE_BYTES = 256 * MIB

/** What stands out in the memory of a JVM, the gravest first; then what could not be asked, and how it could be. */
export function jvmFindings(
  figures: JvmFigures,
  account: JvmAccount,
  context: RuntimeContext,
): string[] {
  if (figures.machine === 'openj9') return [...OPENJ9, ...swapped(figures)]
  return [
    ...boundFindings(figures, account, context.limitBytes),
    ...swapped(figures),
    ...direct(figures, account),
    ...arenas(figures, account),
    ...idleHeap(figures, account),
    ...metaspace(figures, account),
    ...stacks(figures, account),
    ...countedThrice(figures),
    ...hugePages(figures),
    ...unattributed(figures, account),
    ...notAsked(figures, account, context),
  ]
}

/** Its default heap: docs of -XX:UseContainerSupport, eclipse.dev/openj9. */
const OPENJ9 = [
  'This is OpenJ9, not HotSpot: it has no Native Memory Tracking, and is seen here from the outside alone. `jcmd PID Dump.java` makes it write a javacore file; its NATIVEMEMINFO section has the areas.',
  'Without -Xmx OpenJ9 takes half of a limit below 1 GiB for its heap, all but 512 MiB of one up to 2 GiB, and three quarters of a larger one; HotSpot takes a quarter.',
]

function swapped({ residence }: JvmFigures): string[] {
  const swap = residence?.swapBytes ?? 0
  if (swap < TELLING_BYTES) return []
  return [
    `${formatBytes(swap)} of this JVM are swapped out: each full collection reads the heap back in. A JVM should not swap.`,
  ]
}

function direct({ settings }: JvmFigures, account: JvmAccount): string[] {
  const bytes = bytesOf(account, 'direct buffers')
  const cap = settings.direct
  if (bytes < TELLING_BYTES || cap === null || cap.bytes === null || cap.setByFlag) return []
  return [
    `Direct buffers take ${formatBytes(bytes)} and may grow to ${formatBytes(cap.bytes)}, as much as the heap, beside it: -XX:MaxDirectMemorySize bounds them.`,
  ]
}

/** glibc gives up to 8 arenas for each CPU, and none of them gives back what lies below its last block in use. */
function arenas({ residence, arenaMax }: JvmFigures, account: JvmAccount): string[] {
  const beyond = bytesOf(account, 'malloc beyond the JVM')
  if (residence === null || beyond < TELLING_BYTES) return []
  const { count, bytes } = residence.arenas
  const what = `${formatBytes(beyond)} of the ${formatBytes(bytes)} in ${count} malloc arenas are not the JVM's own: free blocks that malloc keeps, or native libraries.`
  if (count < MANY_ARENAS || arenaMax !== null) return [what]
  return [`${what} MALLOC_ARENA_MAX=2 in the environment keeps them few; it works after a restart.`]
}

function idleHeap({ heap, settings }: JvmFigures, account: JvmAccount): string[] {
  const resident = bytesOf(account, 'heap')
  const used = heap?.usedBytes ?? null
  if (used === null || resident - used < 4 * TELLING_BYTES || used > resident / 2) return []
  const max = settings.heap?.bytes ?? null
  const smaller =
    max === null
      ? ''
      : ` -Xmx is ${formatBytes(max)}: a smaller one would do, as far as this moment tells.`
  return [
    `The heap holds ${formatBytes(resident)} and its objects take ${formatBytes(used)} of it, dead ones included: the JVM keeps the rest for later.${smaller}`,
  ]
}

function metaspace({ native, settings }: JvmFigures, account: JvmAccount): string[] {
  const bytes = bytesOf(account, 'metaspace')
  const classes = native?.areas.find(({ name }) => name === 'Class')?.classes ?? null
  if (bytes < LARGE_METASPACE_BYTES && (classes ?? 0) < MANY_CLASSES) return []
  const many = classes === null ? 'Classes' : `${classes} classes`
  const unlimited = settings.metaspace?.bytes === null ? ' and nothing bounds it' : ''
  return [
    `${many} take ${formatBytes(bytes)} of metaspace${unlimited}. If it grows from bill to bill, class loaders are leaked: \`jcmd PID VM.classloader_stats\` names them, and -XX:MaxMetaspaceSize turns a kill by the kernel into an OutOfMemoryError.`,
  ]
}

/** Whoever multiplies threads by 1 MiB counts address space. */
function stacks({ threads }: JvmFigures, account: JvmAccount): string[] {
  const item = account.items.find(({ name }) => name === 'threads')
  if (threads === null || threads < MANY_THREADS || item === undefined) return []
  if (item.bytes === null || item.reservedBytes === null || item.bytes > item.reservedBytes / 2)
    return []
  return [
    `${threads} threads reserve ${formatBytes(item.reservedBytes)} of address space and hold ${formatBytes(item.bytes)} of memory: a smaller -Xss would save next to nothing.`,
  ]
}

function countedThrice({ residence }: JvmFigures): string[] {
  if (residence === null || residence.heapBytes === null) return []
  const { heapBytes, heapRssBytes } = residence
  if (residence.measure === 'Rss' || heapRssBytes < 1.5 * heapBytes || heapBytes < TELLING_BYTES) {
    return []
  }
  return [
    `This collector maps its heap ${Math.round(heapRssBytes / heapBytes)} times: ps and top show ${formatBytes(heapRssBytes)} for ${formatBytes(heapBytes)}. The limit counts it once.`,
  ]
}

function hugePages({ residence }: JvmFigures): string[] {
  const bytes = residence?.hugetlbBytes ?? 0
  if (bytes === 0) return []
  return [
    `${formatBytes(bytes)} more are in huge pages of hugetlbfs (-XX:+UseLargePages), which are no part of the charge.`,
  ]
}

function unattributed({ native, residence }: JvmFigures, account: JvmAccount): string[] {
  const left = account.unattributedBytes ?? 0
  if (native === null || residence === null || left < TELLING_BYTES) return []
  if (left < residence.totalBytes * 0.05) return []
  return [
    `${formatBytes(left)} belong to nothing that the JVM counts: native libraries (JNI, compression, TLS, agents) take memory that it does not see.`,
  ]
}

function notAsked(figures: JvmFigures, account: JvmAccount, { answers }: RuntimeContext): string[] {
  const findings: string[] = []
  const refused = refusalOf([answers.get('version'), answers.get('nmt')])
  if (refused !== null) {
    const heap = figures.residence?.heapBytes === null ? ': where its heap is, it alone knows' : ''
    findings.push(
      `The JVM could not be asked: ${refused}. What is told here is seen from outside${heap}.`,
    )
  } else if (figures.native === null) {
    findings.push(trackingIsOff(account))
  }
  const smaps = answers.get('smaps')
  if (figures.residence === null) {
    const why = smaps?.ok === false ? `: ${smaps.why}` : ''
    findings.push(`What is resident is not known${why}; the sizes are what the JVM committed.`)
  } else if (smaps?.ok === true && smaps.truncated) {
    findings.push('It has so many regions that not all of them were read: the sizes are too small.')
  }
  return findings
}

/** What it costs: docs.oracle.com, Java 21, Native Memory Tracking. */
function trackingIsOff({ unattributedBytes }: JvmAccount): string {
  const left =
    unattributedBytes === null
      ? 'what is not listed'
      : `the ${formatBytes(unattributedBytes)} not attributed`
  return `Native Memory Tracking is off: ${left} are direct buffers, structures of the collector and the compiler, and native libraries, and nothing tells them apart. Set JAVA_TOOL_OPTIONS=-XX:NativeMemoryTracking=summary and restart; it costs 5 to 10 % of speed by Oracle's guide, and 16 bytes for each block of malloc.`
}

/** Why the first of the answers that was refused was; null where one was given, or none was asked. */
function refusalOf(answers: readonly (Answer | undefined)[]): string | null {
  if (answers.some((answer) => answer?.ok === true)) return null
  for (const answer of answers) if (answer?.ok === false) return answer.why
  return null
}

function bytesOf(account: JvmAccount, name: string): number {
  return account.items.find((item) => item.name === name)?.bytes ?? 0
}
