import { EXIT, usageError } from '../../../../model/errors.ts'
import { budgetOf, type BudgetRequest } from '../../../../simulate/jvm/budget.ts'
import { readJvmFlags, type FlagsReading } from '../../../../simulate/jvm/flags.ts'
import { planJvm } from '../../../../simulate/jvm/plan.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { printAnswer } from '../print.ts'
import { budgetAnswer } from './budget-answer.ts'
import { planAnswer } from './plan-answer.ts'

interface JvmCommandFlags extends CommonFlags {
  limit: number
  threads?: number
  classes?: number
  metaspace?: number
  codeCache?: number
  direct?: number
  stack?: number
  headroom?: number
  processors?: number
  flags?: string
  moreThreads?: number
  moreDirect?: number
}

/** The calculators' own. */
const DEFAULT_THREADS = 250
/** A service with a large framework; it is said that this is assumed. */
const DEFAULT_CLASSES = 10_000

/** `stella simulate jvm`. */
export async function jvm(this: CliContext, flags: JvmCommandFlags): Promise<void> {
  if (flags.limit === 0) {
    throw usageError('a limit of 0 bytes is none', '--limit', 'name the limit of the container')
  }
  if (flags.flags === undefined) plan(this, flags)
  else check(this, flags, readFlags(flags.flags))
}

function plan(context: CliContext, flags: JvmCommandFlags): void {
  if (flags.moreThreads !== undefined || flags.moreDirect !== undefined) {
    throw usageError(
      '--more-threads and --more-direct ask about options that are in use',
      null,
      'give those with --flags',
    )
  }
  const request = {
    limitBytes: flags.limit,
    threads: flags.threads ?? DEFAULT_THREADS,
    classes: flags.classes ?? DEFAULT_CLASSES,
    metaspaceBytes: flags.metaspace ?? null,
    codeCacheBytes: flags.codeCache ?? null,
    directBytes: flags.direct ?? null,
    stackBytes: flags.stack ?? null,
    headroomPercent: flags.headroom ?? 0,
    processors: flags.processors ?? null,
  }
  const made = planJvm(request)
  printAnswer(context.io, flags, planAnswer(request, made, assumptionsOf(flags)))
  context.finish(made.heapBytes === null ? EXIT.bad : EXIT.ok)
}

/** What was not given and bears on the plan. */
function assumptionsOf({ threads, classes, metaspace }: JvmCommandFlags): string[] {
  return [
    threads === undefined ? `--threads ${DEFAULT_THREADS}` : null,
    classes === undefined && metaspace === undefined ? `--classes ${DEFAULT_CLASSES}` : null,
  ].filter((assumption) => assumption !== null)
}

function check(context: CliContext, flags: JvmCommandFlags, reading: FlagsReading): void {
  for (const [name, value, todo] of [
    ['--headroom', flags.headroom, 'leave it out'],
    ['--stack', flags.stack, 'write -Xss among the --flags'],
  ] as const) {
    if (value !== undefined) throw usageError('belongs to a plan, not to --flags', name, todo)
  }
  const request: BudgetRequest = {
    limitBytes: flags.limit,
    reading,
    threads: flags.threads ?? null,
    classes: flags.classes ?? null,
    metaspaceBytes: flags.metaspace ?? null,
    codeCacheBytes: flags.codeCache ?? null,
    directBytes: flags.direct ?? null,
    processors: flags.processors ?? null,
  }
  const budget = budgetOf(request)
  const more = whatIf(request, flags)
  printAnswer(context.io, flags, budgetAnswer(request, budget, more))
  const last = more?.budget ?? budget
  context.finish(last.verdict === 'over' ? EXIT.bad : EXIT.ok)
}

function whatIf(request: BudgetRequest, flags: JvmCommandFlags) {
  const { moreThreads = 0, moreDirect = 0 } = flags
  if (moreThreads === 0 && moreDirect === 0) return null
  const direct = request.directBytes ?? request.reading.flags.directBytes ?? 0
  const changed: BudgetRequest = {
    ...request,
    threads: moreThreads === 0 ? request.threads : (request.threads ?? 0) + moreThreads,
    directBytes: moreDirect === 0 ? request.directBytes : direct + moreDirect,
  }
  return { moreThreads, moreDirectBytes: moreDirect, budget: budgetOf(changed) }
}

function readFlags(text: string): FlagsReading {
  const reading = readJvmFlags(text)
  const [bad] = reading.refused
  const { initialHeapBytes, maxHeapBytes } = reading.flags
  if (bad === undefined && (initialHeapBytes ?? 0) > (maxHeapBytes ?? Infinity)) {
    throw usageError(
      'the JVM does not start with a first heap (-Xms) above the largest one (-Xmx)',
      '--flags',
      'lower -Xms, or raise -Xmx',
    )
  }
  if (bad === undefined) return reading
  throw usageError(
    `the JVM does not start with '${bad.slice(0, 80)}'`,
    '--flags',
    'sizes are whole numbers with k, m or g, as in -Xmx1536m, and percentages at most 100',
  )
}
