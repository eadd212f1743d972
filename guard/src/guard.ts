import { createBudget } from './budget.ts'
import type { Refusal, Reservation } from './budget.ts'
import { drained, EXIT_DRAINED } from './drain.ts'
import type { DrainEnd, LeaveReason } from './drain.ts'
import { headroomTo } from './memory/binding.ts'
import type { MemorySample, Sampler } from './memory/sampler.ts'
import { fillRateAfter, pauseFor } from './pause.ts'
import type { GuardSettings } from './settings.ts'
import { firstTier, KEPT_UNDER_PRESSURE, keptShare, nextTier } from './tiers.ts'
import type { Tier } from './tiers.ts'

/** Takes a listener away again. */
export type Off = () => void

export interface MemoryGuard {
  readonly tier: Tier
  /** What was seen last. */
  readonly sample: MemorySample
  /** False from the moment in which the process is to leave: what a readiness check answers. */
  readonly ready: boolean
  /** Why the process is to leave; null: it stays. */
  readonly leaving: LeaveReason | null
  readonly settings: Readonly<GuardSettings>
  /** Requests and other work that were let in and have not ended. */
  readonly inFlight: number
  /** What was promised to them. */
  readonly reservedBytes: number
  /** What could be promised now; nothing from the tier `shed` on. */
  readonly roomBytes: number
  /** Asks whether work that takes so many bytes may begin. Whoever is let in calls `release` at its end. */
  admit(bytes: number): Reservation | Refusal
  onTier(listener: (tier: Tier, before: Tier) => void): Off
  /** For caches: which share of their budget they may keep now, told whenever it changes. */
  onKeep(listener: (share: number) => void): Off
  /** What has to be done before the process leaves. */
  onDrain(work: () => Promise<void> | void): Off
  /** Leaves now in good order: for memory, or because somebody wants it (SIGTERM). */
  drain(exitCode?: number): Promise<DrainEnd>
  /** Told after each look, with how long it is until the next one, in milliseconds. */
  onLook(listener: (pauseMs: number) => void): Off
  /** Told when the guard ends, with why the process does right behind it; null: it does not. */
  onEnd(listener: (reason: LeaveReason | null) => void): Off
  /** Ends the guard, and not the process. */
  stop(): void
}

/** What of the world a guard needs. */
export interface GuardParts {
  sampler: Sampler
  /** In milliseconds, never going back. */
  now(): number
  /** Calls back after so many milliseconds; gives what takes it back. */
  later(call: () => void, ms: number): Off
  collect(): void
  exit(code: number): void
}

/**
 * A full collection takes so long that it is not done more often, but where the process would have to leave otherwise. Where the last
 * one gave nearly nothing back, the next one will hardly.
 */
const COLLECT_EVERY_MS = 2_000
const COLLECT_IN_VAIN_EVERY_MS = 30_000
const NEARLY_NOTHING = 0.01
const COLLECT_AT_LAST_EVERY_MS = 1_000
/** Above this share there is no time to wait for anybody. */
const LOST_AT = 0.98

/** The guard itself, over a world that is given. */
export function guardOver(parts: GuardParts, settings: GuardSettings): MemoryGuard {
  const budget = createBudget()
  const tierListeners = new Set<(tier: Tier, before: Tier) => void>()
  const keepers = new Set<(share: number) => void>()
  const works = new Set<() => Promise<void> | void>()
  const lookers = new Set<(pauseMs: number) => void>()
  const enders = new Set<(reason: LeaveReason | null) => void>()
  let state = firstTier(parts.now())
  let sample = parts.sampler.sample(parts.now())
  let atMs = parts.now()
  let rate = 0
  let kept = 1
  let collectedMs = -Infinity
  let collectedAt = 1
  let lowestSince = 0
  let blockedMs = -Infinity
  let leaving: LeaveReason | null = null
  let left: Promise<DrainEnd> | null = null
  let cancel: Off = () => undefined

  function look(): void {
    const before = sample
    const nowMs = parts.now()
    sample = parts.sampler.sample(nowMs)
    lowestSince = Math.min(lowestSince, sample.ratio)
    if (shouldCollect(nowMs)) {
      collectedMs = nowMs
      collectedAt = sample.ratio
      parts.collect()
      sample = parts.sampler.sample(parts.now())
      lowestSince = sample.ratio
    }
    rate = fillRateAfter(rate, sample.binding.usedBytes - before.binding.usedBytes, nowMs - atMs)
    atMs = nowMs
    judge(nowMs)
    const fillRate = Math.max(settings.fillRate, rate)
    const headroom = headroomTo(1, sample.constraints)
    const pauseMs = pauseFor(headroom, { ...settings, fillRate })
    cancel = parts.later(look, pauseMs)
    for (const looker of lookers) looker(pauseMs)
  }

  function shouldCollect(nowMs: number): boolean {
    const { ratio } = sample
    // Buffers that caches gave up are freed by a collection alone, and where nobody is let in, none comes by itself.
    const from = settings.shedAt - (state.tier === 'shed' ? settings.hysteresis : 0)
    if (!settings.collects || (ratio < from && !isBlocked(nowMs))) return false
    if (ratio >= settings.drainAt) return nowMs - collectedMs >= COLLECT_AT_LAST_EVERY_MS
    const wasInVain = lowestSince > collectedAt - NEARLY_NOTHING
    return nowMs - collectedMs >= (wasInVain ? COLLECT_IN_VAIN_EVERY_MS : COLLECT_EVERY_MS)
  }

  /** Whoever came lately had no room although nobody else is inside: caches and garbage alone are in the way. */
  function isBlocked(nowMs: number): boolean {
    return nowMs - blockedMs < settings.dwellMs
  }

  function judge(nowMs: number): void {
    const before = state.tier
    state = nextTier(state, sample, nowMs, settings)
    const ceilings = sample.constraints.map(({ limitBytes }) => limitBytes * settings.shedAt)
    budget.see(headroomTo(settings.shedAt, sample.constraints), Math.min(...ceilings))
    const fair = state.tier === 'observe' ? 1 : keptShare(sample, settings)
    const share = isBlocked(nowMs) ? Math.min(fair, KEPT_UNDER_PRESSURE) : fair
    if (share !== kept) {
      kept = share
      for (const keeper of keepers) keeper(share)
    }
    if (state.tier === before) return
    for (const listener of tierListeners) listener(state.tier, before)
    if (state.tier !== 'drain') return
    void drain(EXIT_DRAINED, state.looksOver >= settings.drainLooks ? 'memory' : 'shedding')
  }

  function drain(exitCode: number, reason: LeaveReason): Promise<DrainEnd> {
    leaving ??= reason
    left ??= leave(exitCode, leaving)
    return left
  }

  async function leave(exitCode: number, reason: LeaveReason): Promise<DrainEnd> {
    const end = await drained({
      works: [...works],
      inFlight: budget.inFlight,
      graceMs: settings.graceMs,
      isLost: () => sample.ratio >= LOST_AT,
    })
    if (settings.exits) {
      for (const ender of enders) ender(reason)
      parts.exit(exitCode)
    }
    return end
  }

  judge(atMs)
  cancel = parts.later(look, settings.shortestMs)
  return {
    get tier() {
      return state.tier
    },
    get sample() {
      return sample
    },
    get ready() {
      return leaving === null
    },
    get leaving() {
      return leaving
    },
    settings,
    get inFlight() {
      return budget.inFlight()
    },
    get reservedBytes() {
      return budget.reservedBytes()
    },
    get roomBytes() {
      return leaving !== null || state.tier === 'shed' ? 0 : budget.roomBytes()
    },
    admit(bytes) {
      if (leaving !== null) return { admitted: false, reason: 'leaving' }
      if (state.tier === 'shed') return { admitted: false, reason: 'pressure' }
      const answer = budget.reserve(bytes)
      const isFull = !answer.admitted && answer.reason === 'pressure'
      if (isFull && budget.inFlight() === 0) blockedMs = parts.now()
      return answer
    },
    onTier: (listener) => added(tierListeners, listener),
    onKeep: (listener) => added(keepers, listener),
    onDrain: (work) => added(works, work),
    onLook: (listener) => added(lookers, listener),
    onEnd: (listener) => added(enders, listener),
    drain: async (exitCode = EXIT_DRAINED) => await drain(exitCode, 'asked'),
    stop() {
      cancel()
      for (const ender of enders) ender(null)
      parts.sampler.close()
    },
  }
}

function added<T>(all: Set<T>, one: T): Off {
  all.add(one)
  return () => void all.delete(one)
}
