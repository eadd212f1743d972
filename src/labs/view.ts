/** What is seen of a lab, which is all that checks know. */
import type { Sample } from '../model/series.ts'
import type { LabState } from './state.ts'

/** A workload at one moment. Null is not known. */
export interface Seen {
  status: 'missing' | 'running' | 'ended'
  exitCode: number | null
  main: ProcessSeen | null
  /** All in its container or group, the main one among them. */
  processes: readonly ProcessSeen[]
  /** Of its group; null also where it is gone. */
  limitBytes: number | null
  isUnlimited: boolean
  /** Of its group: memory.low, or the soft limit of v1. */
  reservationBytes: number | null
  usageBytes: number | null
  /** The most that its group has used, as the kernel keeps it. */
  peakBytes: number | null
  anonBytes: number | null
  fileBytes: number | null
  shmemBytes: number | null
  /** Pages that the disk has not taken yet. */
  unwrittenBytes: number | null
  /** How often the kernel killed in its group; null: the group is gone. */
  kills: number | null
  /** How much swap its limits let it take; null: no end. */
  swapBytes: number | null
  /** How much of it this machine has. */
  usableSwapBytes: number | null
  /** At its limit nobody is killed: memory.oom_control of v1. */
  isOomKillOff: boolean
  /** Somebody in it waits for memory that is not there. */
  isUnderOom: boolean
  /** How often it was started again by itself. */
  restarts: number
  /** The largest size of its tmpfs; null: none, or not known. */
  tmpfsCapBytes: number | null
  progress: Progress
}

export interface ProcessSeen {
  pid: number
  /** Clock ticks after boot: with the PID, the identity of a process. */
  startTicks: number
  name: string
  argv: readonly string[]
  anonBytes: number
  oomScoreAdj: number
  /** By a signal, or a debugger. */
  isStopped: boolean
}

/** What its output says. */
export interface Progress {
  done: number
  /** Null: it has not said a word yet. */
  of: number | null
  beats: number
}

export interface Moment {
  workloads: ReadonlyMap<string, Seen>
  /** Files of the learner; null: gone. */
  files: ReadonlyMap<string, string | null>
}

/** The memory of each workload while it was looked at, oldest first. */
export type Courses = ReadonlyMap<string, readonly Sample[]>

export interface LabView {
  state: LabState
  /** The words that each workload was started with. */
  programs: ReadonlyMap<string, readonly string[]>
  /** Files as the learner was given them. */
  originals: ReadonlyMap<string, string>
  before: Moment
  after: Moment
  courses: Courses
}

export const NOT_THERE: Seen = {
  status: 'missing',
  exitCode: null,
  main: null,
  processes: [],
  limitBytes: null,
  isUnlimited: false,
  reservationBytes: null,
  usageBytes: null,
  peakBytes: null,
  anonBytes: null,
  fileBytes: null,
  shmemBytes: null,
  unwrittenBytes: null,
  kills: null,
  swapBytes: null,
  usableSwapBytes: null,
  isOomKillOff: false,
  isUnderOom: false,
  restarts: 0,
  tmpfsCapBytes: null,
  progress: { done: 0, of: null, beats: 0 },
}
