import { EXIT, type ExitCode, StellaError, usageError } from '../../../model/errors.ts'
import type { FixRecord } from '../../../model/fix.ts'
import type { Target } from '../../../model/subject.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { Verification } from '../../../verification/follow.ts'
import type { Probe } from '../../../verification/probe.ts'
import { atClusters, type ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { probesOf, type ProbeFlags } from '../../probe-flags.ts'
import { paintFor } from '../../render/paint.ts'
import { verificationReport } from '../../render/verify.ts'
import { reportWidth } from '../../render/width.ts'
import { untilSignal } from '../../until-signal.ts'
import { renamedPods } from '../fix/replaced.ts'
import { answered, fixesOf, targetOf } from '../fix/subject.ts'

interface VerifyFlags extends CommonFlags, ClusterFlags, ProbeFlags {
  /** Milliseconds. */
  for?: number
  now?: boolean
  data?: string
}

const WINDOW_MS = 60_000

/** `stella verify`. */
export async function verify(this: CliContext, flags: VerifyFlags, text: string): Promise<void> {
  const probe = probeOf(flags)
  const folder = dataFolder(flags.data, this.io.env, process.getuid?.() === 0)
  const context = atClusters(this, flags)
  const engine = await context.engine()
  const { target, fix } = await whatToVerify(context, engine.fixes(folder), { text, folder })
  const windowMs = flags.for ?? WINDOW_MS
  const verification = await untilSignal((signal) =>
    engine.verify(
      { target, fix, windowMs, now: flags.now ?? false, probe },
      { signal, onProgress: progressOf(this, flags) },
    ),
  )
  print(this, flags, { verification, fix, target, text })
  this.finish(EXIT_CODES[verification.result])
}

const EXIT_CODES: Readonly<Record<Verification['result'], ExitCode>> = {
  holds: EXIT.ok,
  fails: EXIT.bad,
  'not-yet': EXIT.inconclusive,
}

function probeOf(flags: VerifyFlags): Probe | null {
  const [probe, second] = probesOf(flags)
  if (second === undefined) return probe ?? null
  throw usageError('--probe-http and --probe-command exclude each other', null, 'choose one')
}

async function whatToVerify(
  context: CliContext,
  desk: FixDesk,
  { text, folder }: { text: string; folder: string },
): Promise<{ target: Target; fix: FixRecord | null }> {
  const named = desk.read(text)
  if (named !== null) {
    refuseNotApplied(named)
    refuseOwn(named)
    refuseReplaced(named)
    return { target: targetOf(named.subject, text), fix: named }
  }
  if (/^fix-\d{8}-/.test(text)) {
    throw new StellaError({
      exitCode: EXIT.unreachable,
      what: `there is no fix ${text}`,
      where: desk.folder,
      todo: "see those that were made with 'stella fix --list'",
    })
  }
  const { found, target } = await answered(context, text, folder)
  const fix = fixesOf(desk.list(), found.subject).find(({ state }) => state === 'applied') ?? null
  return { target, fix }
}

function refuseNotApplied({ id, state }: FixRecord): void {
  if (state === 'applied') return
  throw usageError(`the fix is ${state}: nothing of it is in force`, id, 'name the target instead')
}

/** What stella mended of itself is no workload that could be followed. */
function refuseOwn({ id, plan, remedyId }: FixRecord): void {
  if (plan.target.kind !== 'scanner' && plan.target.kind !== 'data-folder') return
  throw usageError(
    'the fix is one of stella itself, and not of something that runs',
    id,
    `look again with: stella doctor${remedyId === null ? '' : ` --check ${remedyId}`}`,
  )
}

function refuseReplaced({ id, plan }: FixRecord): void {
  const pods = renamedPods(plan)
  if (pods === null) return
  const what = 'its pods were replaced, and have other names since'
  throw usageError(what, id, `name one of them, as in: stella verify ${pods}`)
}

/** One line on the terminal, written over and over. */
function progressOf({ io }: CliContext, { quiet, json, now }: VerifyFlags) {
  const isShown = io.terminal !== null && quiet !== true && json !== true && now !== true
  return ({ since, until, at }: { since: number; until: number; at: number }): void => {
    if (!isShown) return
    const [passed, wanted] = [at - since, until - since].map((span) => Math.round(span / 1_000))
    io.err(`\r${passed} s of ${wanted} s, nothing wrong so far \u001b[K`)
    if (at >= until) io.err('\r\u001b[K')
  }
}

function print(
  { io }: CliContext,
  flags: VerifyFlags,
  answer: { verification: Verification; fix: FixRecord | null; target: Target; text: string },
): void {
  const { verification, fix } = answer
  if (flags.json === true) {
    const { result, checks, since, until } = verification
    const document = {
      /** What `stella verify --json` prints: whether a fix holds. Exit code 0 where it does, 1 where not, 4 where it is too early. */
      schema: 'stella.verify/1' as const,
      result,
      checks,
      /** The window begins with the change, never before it. */
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      /** Ids of the fix and of its case; null where stella made none. */
      fix: fix?.id ?? null,
      case: fix?.caseId ?? null,
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  io.out(
    verificationReport(
      { ...verification, fixId: fix?.id ?? null, name: answer.text, target: answer.target },
      {
        width: reportWidth(io),
        paint: paintFor(io, flags.noColor ?? false),
        quiet: flags.quiet ?? false,
      },
    ),
  )
}
