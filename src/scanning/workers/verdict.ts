/** What the end of an attempt means. */
import { constants } from 'node:os'
import { formatBytes } from '../../model/bytes.ts'
import type { Outcome, RestartReason, WorkerEnding } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import type { WorkerEnd } from './worker-process.ts'

/** Why a worker was ended by us; null: it ended by itself, or by the kernel. */
export type EndedFor = 'timeout' | 'over-limit' | 'cancelled' | 'manual' | 'config' | 'stop' | null

export interface EndSeen extends WorkerEnd {
  endedFor: EndedFor
  /** The kernel killed in its group while it ran. */
  kernelKills: number
  limitBytes: number
}

export interface EndMeaning {
  outcome: Exclude<Outcome, 'done' | 'refused' | 'unreachable' | 'gone'>
  /** Why it is started again; null: that is no event. */
  restart: RestartReason | null
  says: string
}

/** V8 gives up before the kernel does, where its own limit is below that of the group. */
const HEAP_EXHAUSTED =
  /heap out of memory|invalid array buffer length|Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED/i

export function meaningOf(end: EndSeen): EndMeaning {
  const limit = formatBytes(end.limitBytes)
  switch (end.endedFor) {
    case 'timeout':
      return { outcome: 'timeout', restart: 'timeout', says: 'the scan took too long' }
    case 'over-limit':
      return {
        outcome: 'oom',
        restart: 'oom',
        says: `out of memory: the worker had more than its ${limit} resident, and was ended`,
      }
    case 'cancelled':
      return { outcome: 'cancelled', restart: null, says: 'the job was cancelled' }
    case 'manual':
    case 'config':
      return { outcome: 'lost', restart: end.endedFor, says: 'its worker was started again' }
    case 'stop':
      return { outcome: 'lost', restart: null, says: 'the scanner was stopped' }
    case null:
  }
  if (end.kernelKills > 0) {
    return {
      outcome: 'oom',
      restart: 'oom',
      says: `out of memory: the kernel killed the worker at its limit of ${limit}`,
    }
  }
  if (HEAP_EXHAUSTED.test(end.lastWords)) {
    return {
      outcome: 'oom',
      restart: 'oom',
      says: `out of memory: heap exhausted within the limit of ${limit}`,
    }
  }
  const last = end.lastWords.split('\n').at(-1)?.slice(0, 200) ?? ''
  const said = last === '' ? '' : ` (${last})`
  return { outcome: 'crash', restart: 'crash', says: `the worker ${howItEnded(end)}${said}` }
}

/** The signal that ended a worker, out of what was said of its end; null: none did. */
export function signalIn(says: string): string | null {
  return /\bworker ended with (SIG[A-Z0-9]+)/.exec(says)?.[1] ?? null
}

function howItEnded({ code, signal }: WorkerEnd): string {
  if (signal !== null) return `ended with ${signal}`
  return code === null ? 'could not be started' : `ended with exit code ${code}`
}

/** What is kept of the end of a process, for whoever asks what became of the worker before. */
export function endingOf(end: EndSeen, at: Instant): WorkerEnding {
  const { code, signal } = end
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1]
  return {
    at,
    exitCode: number === undefined ? code : 128 + number,
    signal,
    by: enderOf(end),
    says: sayingOf(end),
  }
}

/** Others come from a fault of the program, as SIGSEGV and SIGABRT do. */
const SENT_BY_SOMEBODY: readonly (string | null)[] = [
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
]

function enderOf({ endedFor, kernelKills, signal }: EndSeen): WorkerEnding['by'] {
  if (endedFor !== null) return 'scanner'
  if (kernelKills > 0) return 'kernel'
  return SENT_BY_SOMEBODY.includes(signal) ? 'somebody' : 'itself'
}

function sayingOf(end: EndSeen): string {
  switch (end.endedFor) {
    case 'cancelled':
      return 'its job was cancelled'
    case 'manual':
      return 'somebody asked for it to be started again'
    case 'config':
      return 'it was started again for another limit'
    case 'timeout':
    case 'over-limit':
    case 'stop':
    case null:
  }
  const { says } = meaningOf(end)
  return enderOf(end) === 'somebody' && end.signal === 'SIGKILL'
    ? `${says}: not at its limit, so somebody killed it, or the machine ran out of memory`
    : says
}
