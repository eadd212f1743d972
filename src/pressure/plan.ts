/** What an experiment would do. Pure. */
import { formatBytes } from '../model/bytes.ts'
import { refusedError, usageError } from '../model/errors.ts'
import { unreclaimableBytes } from '../verdict/reading.ts'
import type { Amount } from './amount.ts'
import { refuseForeign } from './consent.ts'
import { STEADY } from './experiment.ts'
import type {
  Experiment,
  Guards,
  HypothesisProbe,
  MemoryKind,
  Phases,
  Placement,
  Pressure,
} from './experiment.ts'
import { PSI_CEILING, usualFloorBytes, whyStop } from './guards.ts'
import { pages } from './law.ts'
import type { SubjectSeen } from './subject.ts'

/** What somebody asks for; null: as is usual. */
export interface Wish {
  pressure:
    | { kind: 'memory'; memory: MemoryKind; amount: Amount; placement: Placement | null }
    | { kind: 'limit'; amount: Amount }
  title: string | null
  description: string | null
  phases: Phases
  /** Beside those that every hypothesis has. */
  probes: readonly HypothesisProbe[]
  hostFloorBytes: number | null
  psiCeiling: number | null
  /** Somebody said that it is theirs. */
  consent: boolean
}

export interface PressurePlan {
  subject: SubjectSeen
  experiment: Experiment
  /** Sentences. */
  warnings: readonly string[]
}

const LONGEST_MS = 60 * 60_000

/** @throws StellaError where it may not be done, or would come to nothing */
export function planExperiment(subject: SubjectSeen, wish: Wish): PressurePlan {
  refuseForeign(subject, wish.consent)
  refuseHanging(subject)
  const pressure = pressureOf(subject, wish.pressure)
  const guards = {
    hostFloorBytes: wish.hostFloorBytes ?? usualFloorBytes(subject.host.totalBytes),
    psiCeiling: wish.psiCeiling ?? PSI_CEILING,
  }
  const { rampMs, holdMs } = wish.phases
  if (rampMs + holdMs > LONGEST_MS) {
    throw usageError('an experiment takes an hour at most', null, 'give a shorter --ramp or --hold')
  }
  refuseWithoutRoom(subject, pressure, guards)
  return {
    subject,
    experiment: {
      title: wish.title ?? titleOf(subject, pressure),
      description: wish.description ?? 'Does it stay well with less memory around it?',
      pressure,
      phases: wish.phases,
      probes: [...STEADY, ...wish.probes],
      guards,
    },
    warnings: warningsOf(subject, pressure),
  }
}

function pressureOf(subject: SubjectSeen, wanted: Wish['pressure']): Pressure {
  const bytes = pages(bytesOf(wanted.amount, subject))
  if (bytes <= 0) throw usageError('less than a page is nothing', null, 'ask for more')
  if (wanted.kind === 'limit') {
    refuseNoLower(subject, bytes)
    return { kind: 'limit', limitBytes: bytes }
  }
  const placement = wanted.placement ?? (subject.takesLeaf ? 'leaf' : 'target')
  if (placement === 'leaf' && !subject.takesLeaf) {
    throw usageError(
      'cgroup v2 allows no limited group inside one that has processes',
      subject.path,
      'use --placement target',
    )
  }
  if (placement === 'target' && subject.state.oomGroup === true) {
    throw usageError(
      'the kernel kills this group as a whole (memory.oom.group), and our allocator would be one of it',
      subject.path,
      'lower its limit instead: --kind limit',
    )
  }
  return { kind: 'memory', memory: wanted.memory, sizeBytes: bytes, placement }
}

function bytesOf(amount: Amount, { state, path }: SubjectSeen): number {
  if ('bytes' in amount) return amount.bytes
  if (state.limitBytes !== null) return (state.limitBytes * amount.percent) / 100
  throw usageError('has no limit of which this could be a share', path, 'give a size, as in 64Mi')
}

function refuseNoLower({ state, path }: SubjectSeen, limitBytes: number): void {
  const { limitBytes: present } = state
  if (present !== null && limitBytes >= present) {
    throw usageError(
      `has ${formatBytes(present)} now, and ${formatBytes(limitBytes)} is no pressure`,
      path,
      'give a lower limit',
    )
  }
  const kept = unreclaimableBytes(state)
  if (kept !== null && kept > limitBytes) {
    throw usageError(
      `holds ${formatBytes(kept)} that cannot be reclaimed: at ${formatBytes(limitBytes)} it would be killed at once`,
      path,
      `give more than ${formatBytes(kept)}`,
    )
  }
}

/** Where nobody is killed, everybody waits, and so would whoever wants to end it. */
function refuseHanging({ state, path }: SubjectSeen): void {
  if (state.oomControl?.killDisable !== true) return
  throw usageError(
    'has its OOM killer switched off: at its limit it would hang',
    path,
    'switch it on first',
  )
}

function refuseWithoutRoom(subject: SubjectSeen, pressure: Pressure, guards: Guards): void {
  const { host } = subject
  const taken =
    pressure.kind === 'memory' && pressure.memory !== 'page-cache' ? pressure.sizeBytes : 0
  const left = host.availableBytes === null ? null : host.availableBytes - taken
  const reason = whyStop({ ...host, availableBytes: left }, guards)
  if (reason === null) return
  throw refusedError(
    'busy',
    taken === 0 ? reason : `with ${formatBytes(taken)} taken, ${reason}`,
    null,
    'ask for less, wait, or lower --host-floor if you know better',
  )
}

function titleOf({ name }: SubjectSeen, pressure: Pressure): string {
  return pressure.kind === 'limit'
    ? `${name} with a limit of ${formatBytes(pressure.limitBytes)}`
    : `${name} with ${formatBytes(pressure.sizeBytes)} of ${MEMORY_WORDS[pressure.memory]} beside it`
}

export const MEMORY_WORDS: Readonly<Record<MemoryKind, string>> = {
  anonymous: 'anonymous memory',
  'page-cache': 'page cache',
  tmpfs: 'tmpfs',
}

function warningsOf({ state, fixTarget, version }: SubjectSeen, pressure: Pressure): string[] {
  const kept = unreclaimableBytes(state) ?? 0
  const room = state.limitBytes === null ? null : state.limitBytes - kept
  const isMore =
    pressure.kind === 'memory' &&
    pressure.memory !== 'page-cache' &&
    room !== null &&
    pressure.sizeBytes > room
  return [
    ...(isMore
      ? [
          `Its limit has room for ${formatBytes(Math.max(0, room))}: there the kernel ends our allocator, which is the first that it takes`,
        ]
      : []),
    ...(pressure.kind === 'memory' && pressure.placement === 'target'
      ? ['The allocator lives in its own group: nothing but its plan bounds it there']
      : []),
    ...(pressure.kind === 'limit' && fixTarget.kind === 'cgroup'
      ? ['Its engine or systemd does not learn of the lower limit, and may write over it']
      : []),
    ...(pressure.kind === 'limit' && version === 2
      ? ['What it grows to meanwhile may be killed when the limit comes down']
      : []),
  ]
}
