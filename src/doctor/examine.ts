/** Carries checks out: a few at a time, each within its time, and none of them ends the others. */
import { EXIT, StellaError } from '../model/errors.ts'
import { errorMessage } from '../model/error-message.ts'
import { CHECK_STATUSES } from './check.ts'
import type { Check, CheckEvidence, CheckStatus, Judgement, Problem } from './check.ts'
import type { Machine } from './machine.ts'
import type { ScannerView } from './scanner/view.ts'

/** What there is to look at. */
export interface Patient {
  machine: Machine
  /**
   * The scanner as it is now; asked once for all its checks. Null: there is none.
   *
   * @throws StellaError (unreachable) where it does not answer
   */
  scanner(): Promise<ScannerView | null>
}

export interface CheckResult {
  check: Check
  status: CheckStatus
  says: string
  /** The next step; null: there is nothing to do. */
  todo: string | null
  evidence: CheckEvidence
  /** All that is not as it should be, the worst first. */
  problems: readonly Problem[]
  /** What it asks did not answer, or may not be read. */
  isOutOfReach: boolean
  /** What went wrong in the check itself; undefined: nothing did. */
  fault?: unknown
}

export interface ExamineOptions {
  /** At a time. */
  parallel?: number
  /** For each check. */
  timeoutMs?: number
}

/** They wait for others most of the time. */
const PARALLEL = 8
const TIMEOUT_MS = 30_000

/** In the order of the checks. Never rejects. */
export async function examine(
  checks: readonly Check[],
  patient: Patient,
  { parallel = PARALLEL, timeoutMs = TIMEOUT_MS }: ExamineOptions = {},
): Promise<CheckResult[]> {
  const scanner = once(patient.scanner)
  const results = new Map<Check, CheckResult>()
  const left = checks.values()
  async function work(): Promise<void> {
    for (const check of left) {
      const found = await within(timeoutMs, (signal) =>
        look(check, { ...patient, scanner }, signal),
      ).catch(failure)
      results.set(check, { check, ...found })
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
  return checks.flatMap((check) => results.get(check) ?? [])
}

type Found = Omit<CheckResult, 'check'>

async function look(check: Check, patient: Patient, signal: AbortSignal): Promise<Found> {
  if (check.of === 'machine') return foundIn(await check.look(patient.machine, signal))
  const view = await patient.scanner()
  if (view !== null) return foundIn(check.judge(view))
  return foundIn({
    kind: 'skipped',
    says: 'no scanner has been used here',
    todo: 'name its server with --server URL, or begin with: stella scanner jobs submit IMAGE',
  })
}

function foundIn(judgement: Judgement): Found {
  if (judgement.kind === 'skipped') {
    const { says, todo } = judgement
    return { status: 'skip', says, todo, evidence: {}, problems: [], isOutOfReach: false }
  }
  const { problems, evidence } = judgement
  const worstFirst = problems.toSorted((one, other) => rank(one.status) - rank(other.status))
  const [worst] = worstFirst
  const common = { evidence, problems: worstFirst, isOutOfReach: false }
  if (worst === undefined) return { status: 'pass', says: judgement.says, todo: null, ...common }
  const says = sentence(worstFirst.map((problem) => problem.says))
  return { status: worst.status, says, todo: worst.todo, ...common }
}

const MOST_TOLD = 3

function sentence(parts: readonly string[]): string {
  const more = parts.length - MOST_TOLD
  const told = parts.slice(0, MOST_TOLD).join('; ')
  return more > 0 ? `${told}; and ${more} more` : told
}

/** The worst first. */
export function rank(status: CheckStatus): number {
  return CHECK_STATUSES.indexOf(status)
}

/** That it could not be looked at says nothing of what there is to see. */
function failure(error: unknown): Found {
  const isKnown = error instanceof StellaError
  const where = isKnown && error.where !== null ? `${error.where}: ` : ''
  const what = errorMessage(error)
  return {
    status: isKnown ? 'skip' : 'fail',
    says: isKnown ? `${where}${what}` : `the check itself failed: ${what}`,
    todo: isKnown ? error.todo : 'run it again with STELLA_DEBUG=1, and report what it prints',
    evidence: {},
    problems: [],
    isOutOfReach: isKnown && error.exitCode === EXIT.unreachable,
    ...(isKnown ? {} : { fault: error }),
  }
}

async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | null = null
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(
        new StellaError({
          exitCode: EXIT.unreachable,
          what: `it took longer than ${ms / 1_000} s`,
          todo: 'see whether the machine or the database is very busy, and run it again',
        }),
      )
    }, ms)
  })
  try {
    return await Promise.race([work(controller.signal), late])
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null
  return () => {
    answer ??= ask()
    return answer
  }
}
