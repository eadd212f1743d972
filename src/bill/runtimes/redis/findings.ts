import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { Answer } from '../../../model/question.ts'
import type { RedisFigures, RedisProcesses } from './figures.ts'
import type { RedisResidence } from './items.ts'

interface Inputs {
  figures: RedisFigures
  residence: RedisResidence
  family: RedisProcesses
  limitBytes: number | null
}

/** Below this the ratio of resident to used memory is that of the program, not of the data. */
const TELLING_BYTES = 64 * MIB
/** As MEMORY DOCTOR has it: 1.4 and more than 10 MB. */
const FRAGMENTED_RATIO = 1.4
const FRAGMENTED_BYTES = 10 * MIB
/** What a server needs beside its data: the program, its stacks, its sockets. */
const BASE_BYTES = 64 * MIB

/** What stands out, the gravest first. */
export function redisFindings(inputs: Inputs): string[] {
  return [
    ...snapshotRunning(inputs),
    ...bounds(inputs),
    ...snapshotAhead(inputs),
    ...hugePages(inputs),
    ...fragmentation(inputs),
    ...writesRefused(inputs),
    ...state(inputs),
  ]
}

/** The server said nothing about itself: why, and what to do. */
export function unaskedFindings(answer: Answer | undefined, { forks }: RedisProcesses): string[] {
  const findings =
    forks.length === 0 ? [] : ['A fork of it runs: every page written meanwhile is copied.']
  if (answer === undefined) return findings
  if (!answer.ok) return [...findings, `Redis could not be asked for its INFO: ${answer.why}.`]
  return [...findings, ERRORS.find(([begins]) => begins.test(answer.text))?.[1] ?? NO_INFO]
}

const NO_INFO =
  'Redis answered something else than INFO. Where it speaks TLS alone, give it a Unix socket that stella can ask.'
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^-WRONGPASS|^-ERR invalid password/m, 'Redis does not take the password in REDISCLI_AUTH.'],
  [/^-NOAUTH/m, 'Redis wants a password: set REDISCLI_AUTH to it and ask again.'],
  [/^-NOPERM/m, 'The user of REDISCLI_AUTH may not call INFO: give it +info.'],
  [/^-ERR unknown command/m, 'Redis does not know INFO here: it was renamed or turned off.'],
  [/^-DENIED/m, 'Redis refuses us in its protected mode: set a password, or ask on its machine.'],
]

function snapshotRunning({ figures, residence, family }: Inputs): string[] {
  const [fork] = family.forks
  const told = figures.number('current_cow_size')
  const runs =
    figures.number('rdb_bgsave_in_progress') === 1 ||
    figures.number('aof_rewrite_in_progress') === 1
  if (fork === undefined && !runs) return []
  const copied = residence.copiedBytes ?? told
  const who = fork === undefined ? '' : ` by process ${fork.pid}`
  const soFar = copied === null ? '' : ` So far ${formatBytes(copied)} were copied.`
  const late =
    told !== null && residence.copiedBytes !== null && residence.copiedBytes > 2 * told + MIB
      ? ` (INFO, which is behind, says ${formatBytes(told)}.)`
      : ''
  return [
    `A snapshot is being written${who}: every page that is written meanwhile is copied, in the worst case all ${formatBytes(figures.usedBytes)} again.${soFar}${late}`,
  ]
}

function bounds(inputs: Inputs): string[] {
  const { figures, residence, limitBytes } = inputs
  const maxmemory = figures.number('maxmemory')
  if (maxmemory === null) return []
  if (maxmemory === 0) return [unbounded(inputs)]
  if (limitBytes !== null && maxmemory >= limitBytes) {
    return [
      `maxmemory (${formatBytes(maxmemory)}) is not below the limit (${formatBytes(limitBytes)}): the kernel kills before Redis evicts anything. ${advice(inputs)}`,
    ]
  }
  const need = needFor(maxmemory, inputs)
  if (limitBytes !== null && need.bytes > limitBytes) {
    return [
      `maxmemory (${formatBytes(maxmemory)}) is too near the limit (${formatBytes(limitBytes)}): full, Redis takes about ${formatBytes(need.bytes)} (${need.formula}), for maxmemory bounds only what it allocates. ${advice(inputs)}`,
    ]
  }
  if ((residence.residentBytes ?? 0) > maxmemory) {
    return [
      `${formatBytes(residence.residentBytes ?? 0)} are resident, more than maxmemory (${formatBytes(maxmemory)}): it bounds only what Redis allocates, less the buffers of replicas and AOF. Fragmentation, copies by a fork and the program come on top.`,
    ]
  }
  return []
}

function unbounded(inputs: Inputs): string {
  const { limitBytes } = inputs
  return limitBytes === null
    ? 'maxmemory is not set, and no limit is known: Redis grows with its data until the machine is full.'
    : `maxmemory is not set: Redis grows with its data until the kernel kills it at ${formatBytes(limitBytes)}. ${advice(inputs)}`
}

/** L ≥ maxmemory · fragmentation + copies + buffers + base, solved for maxmemory; at most half of L where it forks. */
function advice(inputs: Inputs): string {
  const { figures, limitBytes } = inputs
  if (limitBytes === null) return ''
  const beside = copiesAhead(figures) + (figures.number('mem_not_counted_for_evict') ?? 0)
  const room =
    (limitBytes - beside - Math.min(BASE_BYTES, limitBytes / 4)) / fragmentationOf(inputs)
  const most = hasForked(inputs) ? limitBytes / 2 : limitBytes
  const bytes = Math.floor(Math.max(limitBytes / 4, Math.min(room, most)) / MIB) * MIB
  if (bytes < MIB) return ''
  const raise =
    figures.usedBytes > bytes
      ? ` It uses ${formatBytes(figures.usedBytes)} already: raise the limit first.`
      : ''
  return `Set it to at most ${formatBytes(bytes)} here.${raise}`
}

function needFor(maxmemory: number, inputs: Inputs): { bytes: number; formula: string } {
  const { figures } = inputs
  const ratio = fragmentationOf(inputs)
  const terms: readonly (readonly [number, string])[] = [
    [
      maxmemory * ratio,
      ratio === 1
        ? formatBytes(maxmemory)
        : `${formatBytes(maxmemory)} × ${ratio.toFixed(2)} of fragmentation`,
    ],
    [copiesAhead(figures), `${formatBytes(copiesAhead(figures))} of copies by snapshots`],
    [
      figures.number('mem_not_counted_for_evict') ?? 0,
      `${formatBytes(figures.number('mem_not_counted_for_evict') ?? 0)} of buffers`,
    ],
    [BASE_BYTES, `${formatBytes(BASE_BYTES)} for the rest`],
  ]
  const present = terms.filter(([bytes]) => bytes > 0)
  return {
    bytes: present.reduce((sum, [bytes]) => sum + bytes, 0),
    formula: present.map(([, words]) => words).join(' + '),
  }
}

/** Twice what the last snapshot copied, but never more than there is. */
function copiesAhead(figures: RedisFigures): number {
  return Math.min(figures.usedBytes, 2 * lastCopied(figures))
}

function lastCopied(figures: RedisFigures): number {
  const fields = ['rdb_last_cow_size', 'aof_last_cow_size', 'current_cow_peak'] as const
  return Math.max(...fields.map((field) => figures.number(field) ?? 0))
}

/**
 * What is resident for each byte that Redis asks for when it is full. Measured against its peak: what it has freed since is
 * filled again before more is taken. 1 where there is too little to say.
 */
function fragmentationOf(inputs: Inputs): number {
  const { figures } = inputs
  const held = heldBytes(inputs)
  const most = Math.max(figures.usedBytes, figures.number('used_memory_peak') ?? 0)
  if (most < TELLING_BYTES || held === null) return 1
  return Math.min(10, Math.max(1, held / most))
}

/** What the allocator has resident; null where INFO does not tell. */
function heldBytes({ figures, residence }: Inputs): number | null {
  const resident = figures.number('allocator_resident')
  return resident === null ? null : Math.min(resident, residence.anonBytes ?? resident)
}

function hasForked({ figures, family }: Inputs): boolean {
  return (
    family.forks.length > 0 ||
    (figures.number('rdb_saves') ?? 0) > 0 ||
    (figures.number('rdb_last_bgsave_time_sec') ?? -1) >= 0 ||
    (figures.number('aof_last_rewrite_time_sec') ?? -1) >= 0 ||
    (figures.number('connected_slaves') ?? 0) > 0
  )
}

function snapshotAhead(inputs: Inputs): string[] {
  const { figures, residence, limitBytes, family } = inputs
  const { residentBytes } = residence
  if (family.forks.length > 0 || !hasForked(inputs)) return []
  const last = lastCopied(figures)
  const told = last === 0 ? '' : ` The last one copied ${formatBytes(last)}.`
  if (limitBytes === null || residentBytes === null) return []
  const left = limitBytes - residentBytes
  if (left >= figures.usedBytes || figures.usedBytes < MIB) return []
  return [
    `Snapshots fork this server: under heavy writing one may copy up to ${formatBytes(figures.usedBytes)}, and the limit leaves ${formatBytes(Math.max(0, left))}.${told}`,
  ]
}

function hugePages({ family, figures }: Inputs): string[] {
  const huge = family.server.anonHugeBytes ?? 0
  if (huge < 2 * MIB || figures.usedBytes < TELLING_BYTES) return []
  return [
    `${formatBytes(huge)} of it are transparent huge pages: while a snapshot runs, each write copies 2 MiB instead of 4 KiB. Turn them off (disable-thp yes, or "madvise" in /sys/kernel/mm/transparent_hugepage/enabled).`,
  ]
}

function fragmentation(inputs: Inputs): string[] {
  const { figures } = inputs
  const allocated = figures.number('allocator_allocated')
  const held = heldBytes(inputs)
  const lost = allocated === null || held === null ? 0 : held - allocated
  const ratio = allocated === null || held === null ? 1 : held / Math.max(1, allocated)
  if (ratio >= FRAGMENTED_RATIO && lost >= FRAGMENTED_BYTES) {
    return [
      `The allocator holds ${formatBytes(lost)} that Redis has freed (${ratio.toFixed(2)} bytes for each byte in use): MEMORY PURGE gives back free pages; activedefrag yes packs the others, where Redis is built with its own jemalloc.`,
    ]
  }
  const printed = Number(figures.word('mem_fragmentation_ratio'))
  if (figures.usedBytes >= TELLING_BYTES || !(printed > FRAGMENTED_RATIO)) return []
  return [
    `mem_fragmentation_ratio ${printed} means nothing here: it divides the whole process, program and libraries included, by only ${formatBytes(figures.usedBytes)} of use.`,
  ]
}

function writesRefused({ figures }: Inputs): string[] {
  const maxmemory = figures.number('maxmemory') ?? 0
  if (maxmemory === 0 || figures.policy !== 'noeviction') return []
  const used = figures.usedBytes - (figures.number('mem_not_counted_for_evict') ?? 0)
  const now = used >= maxmemory ? ' It is full now.' : ''
  return [
    `maxmemory-policy is noeviction: at ${formatBytes(maxmemory)} writes fail with an OOM error of Redis's own; nothing is evicted and nothing is killed.${now}`,
  ]
}

function state({ figures, family, residence }: Inputs): string[] {
  const findings: string[] = []
  if (figures.word('rdb_last_bgsave_status') === 'err') {
    findings.push(
      'The last snapshot failed: see its log ("Can\'t save in background: fork" is want of memory).',
    )
  }
  const swapped = family.server.swapBytes ?? 0
  if (swapped > MIB) {
    findings.push(
      `${formatBytes(swapped)} of it are swapped out: Redis counts them as used, and waits for the disk to read them.`,
    )
  }
  if (family.forks.length > 0 && residence.source === 'status Rss') {
    findings.push('What its fork copied could not be read: it needs root or CAP_SYS_PTRACE.')
  }
  return findings
}
