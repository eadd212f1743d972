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
/** Incidents that wait, as when all agents send what a server has missed; of more the first counts at once. */
const MAX_WAITING = 5_000
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
  const waiting = new Map<string, Incident>()
  let hasBeenRead = false
  let changes = 0

  function count(key: string, { verdict, scope, victims, container }: Incident): void {
    waiting.delete(key)
    counted.add(key)
    forgetOldest(counted, MAX_COUNTED)
    changes++
    add(verdicts, verdict, 1)
    if (scope !== null) add(scopes, scope, Math.max(1, victims))
    if (container === null) return
    const name = keyOf(container)
    const before = containers.get(name)?.count ?? 0
    const killed = { ...container, count: before + victims, at: now() }
    keepNewest(containers, name, killed, MAX_CONTAINERS)
  }

  function wait(key: string, incident: Incident): void {
    waiting.set(key, incident)
    const [first] = waiting
    if (waiting.size > MAX_WAITING && first !== undefined) count(...first)
  }

  function isLate({ at }: Incident): boolean {
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
      const key = `${host.id} ${entry.incident}`
      const incident = incidentOf(host, entry)
      const { at, isOpen } = incident
      if (counted.has(key) || (at !== null && at < since)) return
      const isFirstWord = !waiting.has(key)
      if ((isFirstWord && isOpen) || isLate(incident)) wait(key, incident)
      else count(key, incident)
    },
    settle() {
      for (const [key, incident] of waiting) {
        const { isOpen, recordedAt } = incident
        if (isLate(incident) || (isOpen && now() - recordedAt < PATIENCE_MS)) continue
        count(key, incident)
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

/** What of an entry is counted: the entry itself is large, and thousands may wait. */
interface Incident {
  /** When it happened. */
  at: Instant | null
  recordedAt: Instant
  /** What became of the main process is not known yet. */
  isOpen: boolean
  verdict: VerdictCode
  /** Null: nobody was killed for lack of memory. */
  scope: BindingScope | null
  victims: number
  container: Omit<KeptContainerKills, 'count' | 'at'> | null
}

function incidentOf(host: HostIdentity, { at: recordedAt, case: found }: CaseEntry): Incident {
  const { at, verdict, binding, victims, subject } = found
  const isKill = verdict.code.startsWith('oom-')
  const { platform } = subject
  const isContainer = platform !== 'host' && platform !== 'unknown' && platform !== 'process'
  const main = verdict.mainProcessDied
  return {
    at,
    recordedAt,
    isOpen: main === null,
    verdict: verdict.code,
    scope: isKill ? binding.scope : null,
    victims: victims.length,
    container:
      isKill && isContainer
        ? {
            host: host.name.slice(0, MAX_LABEL),
            platform,
            target: targetOf(subject),
            mainProcess: main === null ? 'unknown' : main ? 'died' : 'survived',
          }
        : null,
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
