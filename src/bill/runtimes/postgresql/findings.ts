import { formatBytes, MIB } from '../../../model/bytes.ts'
import { sumKnown } from '../../processes.ts'
import { isIdle, isInTransaction } from './roles.ts'
import type { PostgresSettings } from './settings.ts'
import type { PostgresProcess } from './process.ts'
import type { RuntimeContext } from '../runtime.ts'

interface Inputs {
  tree: readonly PostgresProcess[]
  settings: PostgresSettings | null
  context: RuntimeContext
}

/** PostgreSQL's own manual: more than 40 % of the memory for shared_buffers hardly ever helps. */
const SHARED_MOST = 0.4
/** A tree whose page tables take this much is told of them. */
const PAGE_TABLE_BYTES = 32 * MIB

/** What stands out, the gravest first. */
export function postgresFindings(inputs: Inputs): string[] {
  return [
    ...sharedBuffers(inputs),
    ...workMem(inputs),
    ...largestBackend(inputs),
    ...connections(inputs),
    ...residentTwice(inputs),
    ...pageTables(inputs),
    ...pageCache(inputs),
    ...unread(inputs),
  ]
}

function sharedBuffers({ settings, context }: Inputs): string[] {
  const { limitBytes } = context
  if (settings === null || limitBytes === null) return []
  const { sharedBuffersBytes } = settings
  if (sharedBuffersBytes >= limitBytes) {
    return [
      `shared_buffers (${formatBytes(sharedBuffersBytes)}) is not below the limit (${formatBytes(limitBytes)}): it is filled page by page, and the kernel kills on the way. A quarter of the limit is the usual start.`,
    ]
  }
  if (sharedBuffersBytes <= SHARED_MOST * limitBytes) return []
  const share = Math.round((100 * sharedBuffersBytes) / limitBytes)
  return [
    `shared_buffers (${formatBytes(sharedBuffersBytes)}) is ${share} % of the limit (${formatBytes(limitBytes)}): above 40 % it takes the room that backends and the page cache need. A quarter is the usual start.`,
  ]
}

/** The bound that can be told: one sort in each connection. A query may have many. */
function workMem({ settings, context }: Inputs): string[] {
  if (settings === null) return []
  const { maxConnections, workMemBytes, hashMemMultiplier } = settings
  const once = maxConnections * workMemBytes
  const vacuum = settings.autovacuumWorkers * settings.autovacuumWorkMemBytes
  const total = settings.sharedBuffersBytes + once + vacuum
  const { limitBytes } = context
  if (limitBytes === null || total <= limitBytes) return []
  const fit = Math.floor((limitBytes - settings.sharedBuffersBytes - vacuum) / workMemBytes)
  const cure =
    fit < 1
      ? 'not one fits beside shared_buffers and autovacuum'
      : `at most ${fit} such connections fit`
  return [
    `Settings allow more than the limit of ${formatBytes(limitBytes)}: shared_buffers ${formatBytes(settings.sharedBuffersBytes)} + max_connections ${maxConnections} × work_mem ${formatBytes(workMemBytes)} + autovacuum ${formatBytes(vacuum)} = ${formatBytes(total)}; ${cure}. And a query takes work_mem once for each sort, ${hashMemMultiplier} times for each hash, and again in each parallel worker.`,
  ]
}

function largestBackend({ tree }: Inputs): string[] {
  const backends = tree
    .filter(({ role }) => role === 'client backend' || role === 'parallel worker')
    .toSorted((a, b) => (b.process.pssAnonBytes ?? 0) - (a.process.pssAnonBytes ?? 0))
  const largest = backends[0]?.process
  const bytes = largest?.pssAnonBytes ?? 0
  const median = backends[Math.floor(backends.length / 2)]?.process.pssAnonBytes ?? 0
  if (largest === undefined || bytes < 64 * MIB || (backends.length > 2 && bytes < 2 * median)) {
    return []
  }
  const what = isInTransaction(largest)
    ? 'though it only waits in an open transaction: what its cursors hold stays until that ends'
    : isIdle(largest)
      ? 'though it is idle: what it caches of tables and plans stays until it disconnects'
      : 'for the query it runs'
  return [`Backend ${largest.pid} has ${formatBytes(bytes)} for itself, ${what}.`]
}

function connections({ tree, settings }: Inputs): string[] {
  const clients = tree.filter(({ role }) => role === 'client backend').map(({ process }) => process)
  if (clients.length === 0) return []
  const idle = clients.filter(isIdle).length
  const most = settings === null ? '' : ` of at most ${settings.maxConnections}`
  const own = sumKnown(clients.map(({ pssAnonBytes }) => pssAnonBytes))
  const each =
    own === null ? '' : `, ${formatBytes(own / clients.length)} each for itself on average`
  const pool =
    idle > 20 && idle > clients.length / 2
      ? ' A pooler such as PgBouncer serves as many clients with fewer.'
      : ''
  return [
    `${clients.length === 1 ? '1 connection is' : `${clients.length} connections are`} open${most}, ${idle} idle${each}.${pool}`,
  ]
}

function residentTwice({ tree }: Inputs): string[] {
  const all = tree.map(({ process }) => process)
  if (all.some(({ pssBytes }) => pssBytes === null)) {
    return [
      'What its processes share could not be told apart: it needs root or CAP_SYS_PTRACE. Their RSS must not be added up, for each counts the shared buffers it has touched.',
    ]
  }
  const rss = sumKnown(all.map(({ rssBytes }) => rssBytes)) ?? 0
  const pss = sumKnown(all.map(({ pssBytes }) => pssBytes)) ?? 0
  if (rss < 1.1 * pss) return []
  return [
    `ps adds its processes up to ${formatBytes(rss)}, and they take ${formatBytes(pss)}: the RSS of each backend counts the shared buffers it has touched, PSS counts them once.`,
  ]
}

/** Each backend has page tables of its own for the same shared memory: 8 bytes for each page of 4 KiB that it touched. */
function pageTables({ tree, settings }: Inputs): string[] {
  const bytes = sumKnown(tree.map(({ process }) => process.pageTableBytes)) ?? 0
  if (bytes < PAGE_TABLE_BYTES) return []
  const huge =
    settings === null || settings.hugePages === 'off' || hugetlbBytes(tree) === 0
      ? ' Huge pages (huge_pages, vm.nr_hugepages) make them small.'
      : ''
  return [
    `${formatBytes(bytes)} are page tables of its ${tree.length} processes, beside the sum above: each backend maps the shared memory for itself.${huge}`,
  ]
}

function pageCache({ tree, settings }: Inputs): string[] {
  const huge = hugetlbBytes(tree)
  const findings =
    huge === 0
      ? []
      : [
          `${formatBytes(huge)} of shared memory are huge pages of hugetlbfs: no part of RSS, PSS or the memory limit.`,
        ]
  if (settings === null) return findings
  return [
    ...findings,
    `What it reads of its files stands in the page cache, too, which is no part of shared_buffers (${formatBytes(settings.sharedBuffersBytes)}) and comes on top; the kernel gives it back when memory is short.`,
  ]
}

/** Shared by all: the largest figure is that of the process that touched most of it. */
function hugetlbBytes(tree: readonly PostgresProcess[]): number {
  return Math.max(0, ...tree.map(({ process }) => process.hugetlbBytes ?? 0))
}

function unread({ settings, context }: Inputs): string[] {
  if (settings === null) {
    const main = context.answers.get('main')
    const why = main === undefined || main.ok ? 'it was not asked for' : main.why
    return [`Its settings are not known (postgresql.conf: ${why}).`]
  }
  if (settings.includes.length === 0) return []
  return [
    `Files that postgresql.conf includes were not read, and may say otherwise: ${settings.includes.join(', ')}.`,
  ]
}
