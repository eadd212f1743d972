/** A lab: a real fault on this machine, and how it is known that somebody has mended it. */
import type { BackendId } from './backend-id.ts'
import type { LabView } from './view.ts'

export interface Lab {
  id: string
  title: string
  /** What somebody can do who has solved it, as a sentence. */
  teaches: string
  /** How long it takes somebody who has not seen it. */
  minutes: number
  /** 1 to 3. */
  difficulty: number
  /** In the order in which they are tried. */
  backends: readonly BackendId[]
  /** What the kernel has to be able to do. */
  needs: readonly Need[]
  /** Programs of this machine without which it cannot be made. */
  programs: readonly string[]
  /** What it may use of the memory of this machine at most, all together. */
  budgetBytes: number
  /** What it made ends by itself after this. */
  ttlMinutes: number
  /** How long it has to hold before it counts. */
  stableSeconds: number
  workloads: readonly Workload[]
  /** Files of its folder that the learner is given to change. */
  files: readonly string[]
  /** One of them is carried out; a learner cannot know which. */
  faults: readonly Fault[]
  ready: readonly Proof[]
  questions: readonly Question[]
  checks: readonly Check[]
  cheats: readonly Cheat[]
}

export const NEEDS = ['oom-kill-disable', 'swap-accounting', 'slow-disk'] as const
export type Need = (typeof NEEDS)[number]

/** A program in a container or a group of its own. */
export interface Workload {
  name: string
  /** Null: none. */
  limitBytes: number | null
  /** What is set aside for it: a wish, and no limit. Null: its script does not speak of it. */
  reservationBytes: number | null
  /** What is said of memory and swap together, bytes. Null: as much as its limit, which is no swap. */
  swap: Swap | null
  /** False: at its limit nobody is killed; who needs memory waits. cgroup v1 alone can do that. */
  oomKill: boolean
  restarts: boolean
  /** Its oom_score_adj: 1000, unless the lab is about it. */
  adj: number
  /** Where it sees a tmpfs of its own; its largest size, null: the kernel's own. */
  tmpfs: { capBytes: number | null } | null
  /** Its disk takes so much in a second; null: it is the one of the machine. */
  diskBytesPerSecond: number | null
  /** Variables that the learner may change in its script, with what they are. */
  settings: Readonly<Record<string, string>>
  /** Words of the program; `{{cache}}` is its tmpfs, `{{disk}}` a folder on a disk. */
  program: readonly string[]
}

export type Swap = number | 'unsaid' | 'endless'

/** Something done to the workloads, as words of a shell for each backend. */
export interface Fault {
  id: string
  run: Partial<Record<BackendId, string>>
}

export const SIGHTS = [
  'killed',
  'kills',
  'ended',
  'full',
  'complete',
  'works',
  'beyond',
  'hung',
  'may-swap',
  'unwritten',
  'grows',
] as const

/** What has to be seen before the lab is open. */
export interface Proof {
  workload: string
  sees: (typeof SIGHTS)[number]
}

export interface Question {
  id: string
  asks: string
  /** Empty: a number is asked for. */
  choices: readonly string[]
}

/** How one check judges what was seen. */
export interface Judgement {
  ok: boolean
  actual: string
  expected: string
  /** How it does not hold, for the hint that fits: `too-low`. */
  how: string
}

export interface Check {
  name: string
  /** What it is about, for people. */
  title: string
  /** What to do where it does not hold. */
  todo: string
  /** Has to hold all the time that is watched: once it does not, the watch is over. */
  watches: boolean
  judge(view: LabView): Judgement
  /** What would be right, for whoever wants to be shown. */
  answers(view: LabView): Readonly<Record<string, string>>
}

/** A way to look solved without being so, as words of a shell for each backend. */
export interface Cheat {
  name: string
  run: Partial<Record<BackendId, string>>
  /** The check that sees it. */
  fails: string
  /** Nothing but a new start helps afterwards. */
  ruins: boolean
}
