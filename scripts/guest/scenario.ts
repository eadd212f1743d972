import type { VerdictCode } from '../../src/model/case.ts'
import type { KernelName } from './kernels.ts'

/** One real incident on cgroup v2, made to happen in a guest. */
export interface Scenario {
  name: string
  says: string
  /** Kernels it is played on; all of them where not given. */
  kernels?: readonly KernelName[]
  /** Groups it makes, the outermost first. */
  groups: readonly string[]
  /** What `stella why` is asked about. */
  target: string
  expect: Expectation
  run(): Promise<Happened>
}

export interface Happened {
  /** How the main process ended; null while it lives, and where the engine keeps it. */
  exitCode: number | null
  /** What an engine says about it afterwards, by file name. */
  files?: Readonly<Record<string, string>>
}

export interface Expectation {
  /** Verdicts that are right for the live group; none where it leaves too little to decide. */
  live: readonly VerdictCode[]
  /** Verdicts that are right for the recorded files, which also hold the exit status. */
  recorded: readonly VerdictCode[]
  /** Nobody can tell which process of a bare group is the main one: then it may be left open. Null: not looked at. */
  mainProcessDied: boolean | 'not-true' | 'not-false' | null
  /** The group whose limit was reached. */
  binding: string | null
  /** Name of the process that the kernel killed. */
  victim: string | null
}

/** An incident that live group and recorded files tell alike. */
export function same(code: VerdictCode, rest: Omit<Expectation, 'live' | 'recorded'>): Expectation {
  return { live: [code], recorded: [code], ...rest }
}
