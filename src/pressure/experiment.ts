/** What an experiment is: its pressure, its hypothesis and its guards. */

export const MEMORY_KINDS = ['anonymous', 'page-cache', 'tmpfs'] as const
export type MemoryKind = (typeof MEMORY_KINDS)[number]

/**
 * Where memory is taken. `leaf`: in a group of its own inside the subject's, with a hard limit, so that it counts there and can
 * hold no more than was planned. `target`: in the subject's own group, where cgroup v2 allows no group inside.
 */
export const PLACEMENTS = ['leaf', 'target'] as const
export type Placement = (typeof PLACEMENTS)[number]

export type Pressure =
  | { kind: 'memory'; memory: MemoryKind; sizeBytes: number; placement: Placement }
  | { kind: 'limit'; limitBytes: number }

/** How long it takes to get there, and how long it stays. Milliseconds. */
export interface Phases {
  rampMs: number
  holdMs: number
}

/** Between which answers a probe is well, as Chaos Toolkit writes it. */
export type Tolerance =
  | number
  | boolean
  | string
  | readonly (number | boolean | string)[]
  | { type: 'range'; range: readonly [number, number] }
  | { type: 'regex'; pattern: string }

/** What is asked of the subject. */
export type Question =
  /** How often the kernel killed in it since the experiment began; our own allocator does not count. */
  | { type: 'oom.count' }
  /** Whether the process that was there at the beginning lives: the main one of a container, anybody in a group. */
  | { type: 'alive' }
  /** Percent of the last ten seconds in which nobody could work for want of memory: of its group on v2, else of the machine. */
  | { type: 'psi' }
  | { type: 'http'; url: string }
  | { type: 'command'; argv: readonly string[] }

export interface HypothesisProbe {
  name: string
  question: Question
  tolerance: Tolerance
}

/** What ends an experiment, whatever it shows. */
export interface Guards {
  /** What the machine has to have available. */
  hostFloorBytes: number
  /** Percent, of the machine's `full avg10`. */
  psiCeiling: number
}

export interface Experiment {
  title: string
  description: string
  pressure: Pressure
  phases: Phases
  probes: readonly HypothesisProbe[]
  guards: Guards
}

/** No kill, and the same life: what every hypothesis says. */
export const STEADY: readonly HypothesisProbe[] = [
  { name: 'nothing in it is killed for memory', question: { type: 'oom.count' }, tolerance: 0 },
  { name: 'it goes on living', question: { type: 'alive' }, tolerance: true },
]
