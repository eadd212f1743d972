/** A lab: a real fault on this machine, and how it is known that somebody has mended it. */
import type { LabView } from './view.ts'

export const BACKENDS = ['docker', 'podman', 'cgroup', 'files'] as const
/** Where the fault is made: containers, a bare memory group, or files alone. */
export type BackendId = (typeof BACKENDS)[number]

export interface Lab {
  id: string
  title: string
  /** How long it takes somebody who has not seen it. */
  minutes: number
  /** 1 to 3. */
  difficulty: number
  /** In the order in which they are tried. */
  backends: readonly BackendId[]
  /** Programs of this machine without which it cannot be made. */
  needs: readonly string[]
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

/** A program in a container or a group of its own. */
export interface Workload {
  name: string
  /** Null: none. */
  limitBytes: number | null
  restarts: boolean
  /** Its oom_score_adj: 1000, unless the lab is about it. */
  adj: number
  /** Where it sees a tmpfs of its own; its largest size, null: the kernel's own. */
  tmpfs: { capBytes: number | null } | null
  /** Variables that the learner may change in its script, with what they are. */
  settings: Readonly<Record<string, string>>
  /** Words of the program; `{{cache}}` is its tmpfs, `{{disk}}` a folder on a disk. */
  program: readonly string[]
}

/** Something done to the workloads, as words of a shell for each backend. */
export interface Fault {
  id: string
  run: Partial<Record<BackendId, string>>
}

/** What has to be seen before the lab is open. */
export interface Proof {
  workload: string
  sees: 'killed' | 'kills' | 'ended' | 'full' | 'complete' | 'works' | 'grows'
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
