/** What a check of the doctor is: what it looks at, when it warns and fails, and where to read on. */
import type { Change, FixTarget } from '../model/fix.ts'
import type { Machine } from './machine.ts'
import type { ScannerView } from './scanner/view.ts'

export const CHECK_STATUSES = ['fail', 'warn', 'pass', 'skip'] as const
/** The worst first. */
export type CheckStatus = (typeof CHECK_STATUSES)[number]

export const CHECK_SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
/** How much it matters when it fails. */
export type CheckSeverity = (typeof CHECK_SEVERITIES)[number]

type Plain = string | number | boolean | null
/** Figures that a judgement rests on, by name: sizes in bytes, shares as parts of 1. */
export type CheckEvidence = Readonly<
  Record<string, Plain | readonly Readonly<Record<string, Plain>>[]>
>

/** Something that is not as it should be. */
export interface Problem {
  status: Extract<CheckStatus, 'warn' | 'fail'>
  /** A sentence without a full stop. */
  says: string
  /** The next step: a command, or a sentence without a full stop. */
  todo: string
  /** What stella itself can do about it, where it is asked to; left out: it wants a person. */
  mend?: Mend
}

/** A change that mends a problem: planned, recorded and taken back as every fix is. */
export interface Mend {
  target: FixTarget
  change: Change
  /** Why this, and why so much: sentences. */
  because: readonly string[]
}

export type Judgement =
  | {
      kind: 'judged'
      /** The first of the worst is what is to be done first. */
      problems: readonly Problem[]
      /** What there is to say where there are none. */
      says: string
      evidence: CheckEvidence
    }
  /** There is nothing to judge. */
  | { kind: 'skipped'; says: string; todo: string }

interface CheckWords {
  /** `check.scanner.queue`. */
  id: string
  /** Other names for it. */
  aliases?: readonly string[]
  title: string
  severity: CheckSeverity
  /** Where to read on: a path in this package. */
  runbook: string
  /** When it warns and when it fails, for the reference. */
  warns: string
  fails: string
}

/** Judges what was seen of the scanner; pure. */
export interface ScannerCheck extends CheckWords {
  of: 'scanner'
  judge(view: ScannerView): Judgement
}

/** Looks at this machine, or at what stella keeps on it. */
export interface MachineCheck extends CheckWords {
  of: 'machine'
  /** @throws StellaError where what it asks is out of reach */
  look(machine: Machine, signal: AbortSignal): Promise<Judgement>
}

export type Check = ScannerCheck | MachineCheck
