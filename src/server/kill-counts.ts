/** Counts of cases and kills for `/metrics`, from the first start of this server on. Each incident counts once. */
import type { BindingScope, VerdictCode } from '../model/case.ts'
import { forgetOldest, keepNewest } from '../model/newest.ts'
import type { Subject } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import type { CaseEntry } from '../store/cases.ts'
import type { HostIdentity } from '../store/database/types.ts'
import type { KeptContainerKills, KeptCounts } from '../store/kill-counts.ts'

export interface KillCounts {
  readonly verdicts: ReadonlyMap<VerdictCode, number>
  readonly scopes: ReadonlyMap<BindingScope, number>
  readonly containers: Iterable<KeptContainerKills>
  take(host: HostIdentity, entry: CaseEntry): void
  /** Counts what waits no longer: for a better word, or for somebody who has read how it stood before. */
  settle(): void
  /** Somebody has read the counters. */
  wereRead(): void
  /** What the next server goes on from. What waits is not in it: the journal has it. */
  kept(): KeptCounts
  /** Rises with each that is counted. */
  readonly changes: number
}

/** An engine says what became of the main process within this time. */
const PATIENCE_MS = 5_000
/**
 * What happened while the server was down is counted when the counters were read once as they stood before: Prometheus sees no rise
 * in a series that comes back higher after its window. Where nobody reads them, it is counted after this time.
 */
const READ_PATIENCE_MS = 60_000
/** Containers of kills that are told; of more, those whose last kill is the longest ago are left out. */
const MAX_CONTAINERS = 2_000
/** A container whose last kill is older is left out: no rule looks back so far. */
const CONTAINER_AGE_MS = 7 * 86_400_000
/** Incidents that are known to be counted; the journal is read again for some minutes only. */
const MAX_COUNTED = 5_000
/** Characters of a label: some come from other hosts. */
export const MAX_LABEL = 256

export interface KillCountsOptions {
  now: () => Instant
  /** What the server before has left; null: this is the first. */
  kept: KeptCounts | null
}

export function createKillCounts({ now, kept }: KillCountsOptions): KillCounts {
  const startedAt = now()
  const since = kept?.since ?? startedAt
  const verdicts = countsOf<VerdictCode>(kept?.verdicts ?? {})
  const scopes = countsOf<BindingScope>(kept?.scopes ?? {})
  const containers = new Map((kept?.containers ?? []).map((kills) => [keyOf(kills), kills]))
  const counted = new Set(kept?.counted)
  const waiting = new Map<string, { host: HostIdentity; entry: CaseEntry }>()
  let hasBeenRead = false
  let changes = 0

  function count(key: string, host: HostIdentity, { case: found }: CaseEntry): void {
    counted.add(key)
    forgetOldest(counted, MAX_COUNTED)
    changes++
    const { verdict, victims, binding, subject } = found
    add(verdicts, verdict.code, 1)
    if (!verdict.code.startsWith('oom-')) return
    add(scopes, binding.scope, Math.max(1, victims.length))
    const { platform } = subject
    if (platform === 'host' || platform === 'unknown' || platform === 'process') return
    const main = verdict.mainProcessDied
    const container = {
      host: host.name.slice(0, MAX_LABEL),
      platform,
      target: targetOf(subject),
      mainProcess: main === null ? 'unknown' : main ? 'died' : 'survived',
    } as const
    const name = keyOf(container)
    const before = containers.get(name)?.count ?? 0
    const killed = { ...container, count: before + victims.length, at: now() }
    keepNewest(containers, name, killed, MAX_CONTAINERS)
  }

  function isLate({ case: { at } }: CaseEntry): boolean {
    return at !== null && at < startedAt && !hasBeenRead && now() - startedAt < READ_PATIENCE_MS
  }

  return {
    verdicts,
    scopes,
    get containers() {
      return containers.values()
    },
    get changes() {
      return changes
    },
    take(host, entry) {
      const { at, verdict } = entry.case
      const key = `${host.id} ${entry.incident}`
      if (counted.has(key) || (at !== null && at < since)) return
      const isFirstWord = !waiting.has(key)
      if ((isFirstWord && verdict.mainProcessDied === null) || isLate(entry)) {
        waiting.set(key, { host, entry })
        return
      }
      waiting.delete(key)
      count(key, host, entry)
    },
    settle() {
      for (const [key, { host, entry }] of waiting) {
        const isOpen = entry.case.verdict.mainProcessDied === null
        if (isLate(entry) || (isOpen && now() - entry.at < PATIENCE_MS)) continue
        waiting.delete(key)
        count(key, host, entry)
      }
      for (const [name, { at }] of containers) {
        if (now() - at < CONTAINER_AGE_MS) break
        containers.delete(name)
      }
    },
    wereRead() {
      hasBeenRead = true
    },
    kept() {
      return {
        schema: 'stella.counts/1',
        since,
        verdicts: Object.fromEntries(verdicts),
        scopes: Object.fromEntries(scopes),
        containers: [...containers.values()],
        counted: [...counted],
      }
    },
  }
}

/** A container as a label, and as `stella why` takes it where it has a name. */
export function targetOf({ platform, name, id }: Omit<Subject, 'image'>): string {
  const prefix = platform === 'kubernetes' ? 'k8s' : platform
  return `${prefix}:${name ?? shortId(id ?? '')}`.slice(0, MAX_LABEL)
}

function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id
}

function keyOf(kills: Omit<KeptContainerKills, 'count' | 'at'>): string {
  return JSON.stringify([kills.host, kills.platform, kills.target, kills.mainProcess])
}

function countsOf<Key extends string>(record: Partial<Record<Key, number>>): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const key in record) counts.set(key, record[key] ?? 0)
  return counts
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
