import type { FixChoice } from '../../../advice/choose-fix.ts'
import { withFlag } from '../../../advice/runtime-flags.ts'
import { EXIT, type ExitCode, usageError } from '../../../model/errors.ts'
import type { Change, FixRecord, FixTarget } from '../../../model/fix.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import type { PlanRequest } from '../../../remedy/driver.ts'
import { exitCodeOfProblems } from '../../../remedy/invariants.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { DEFAULT_POLICY } from '../../../sizing/policy.ts'
import { sizeOf } from '../../../sizing/size-of.ts'
import { atClusters } from '../../cluster-flags.ts'
import type { CliContext } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { choose, questionOf, variablesOf, sizingEvidence } from './choose.ts'
import { printFix, printManifest, type Proposal } from './answer.ts'
import { formIn, type FixFlags } from './flags.ts'
import { hiding } from './hidden.ts'
import { refuseHarmfulLimit } from './limit.ts'
import { listFixes, undo } from './records.ts'
import { answered, evidenceOf, fixesOf, type Answered } from './subject.ts'
import { fixTargetOf } from './target.ts'

/** `stella fix`. */
export async function fix(this: CliContext, flags: FixFlags, text?: string): Promise<void> {
  refuseContradictions(flags)
  const folder = dataFolder(flags.data, this.io.env, process.getuid?.() === 0)
  const context = atClusters(this, flags)
  const desk = (await context.engine()).fixes(folder)
  if (flags.list === true) return listFixes(context, flags, { desk, dataFolder: folder }, text)
  if (flags.undo === true) return undo(context, flags, { desk, dataFolder: folder }, text)
  if (text === undefined) {
    throw usageError(
      'nothing to fix is named',
      null,
      "name a case or a target, as in 'stella fix docker:web'",
    )
  }
  await planAndApply(context, flags, desk, await answered(context, text, folder))
}

function refuseContradictions(flags: FixFlags): void {
  const { apply, undo: takeBack, list, diff, limit, remedy, env } = flags
  if ([apply, takeBack, list, diff].filter((flag) => flag === true).length > 1) {
    const what = '--apply, --undo, --list and --diff exclude each other'
    throw usageError(what, null, 'choose one of them')
  }
  if (flags.recreate === true && flags.inPlace === true) {
    throw usageError('--recreate and --in-place exclude each other', null, 'choose one of them')
  }
  if (formIn(flags) !== null && (apply ?? takeBack ?? list ?? diff) === true) {
    throw usageError('is printed, and applied by nobody here', `--for ${flags.for}`, 'leave it out')
  }
  const named = Object.entries({ '--limit': limit, '--remedy': remedy, '--env': env }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [flag]),
  )
  const [first, second] = named
  if (first !== undefined && (takeBack === true || list === true)) {
    throw usageError('has no meaning with --undo or --list', first, 'leave it out')
  }
  if (env !== undefined && second !== undefined) {
    throw usageError('names another change than --env', first ?? null, 'leave one of them out')
  }
}

async function planAndApply(
  context: CliContext,
  flags: FixFlags,
  desk: FixDesk,
  subject: Answered,
): Promise<void> {
  const { found } = subject
  refuseUnknownRemedy(flags, subject)
  const evidence = await sizingEvidence(context, flags, subject)
  const sizing = evidence === null ? null : sizeOf(evidence, DEFAULT_POLICY)
  const records = fixesOf(desk.list(), found.subject)
  const choice = await choose(flags, { subject, desk, records, evidence, sizing })
  if (choice.kind !== 'change') {
    printFix(context, flags, { found, choice, proposal: null, record: null })
    context.finish(choice.kind === 'nothing' ? EXIT.bad : EXIT.inconclusive)
    return
  }
  const asked = await requestOf(context, flags, { subject, choice, evidence })
  const form = formIn(flags)
  if (form !== null) {
    printManifest(context, flags, { form, text: await desk.manifest(asked.request, form) })
    return
  }
  const { request, hide } = asked
  const proposal: Proposal = { plan: await desk.plan(request), change: request.change, hide }
  if (flags.apply !== true) {
    if (flags.diff === true) context.io.out(hide(proposal.plan.diff))
    else printFix(context, flags, { found, choice, proposal, record: null })
    context.finish(exitCodeOfProblems(proposal.plan.problems ?? []))
    return
  }
  const record = await desk.apply(
    {
      plan: proposal.plan,
      change: proposal.change,
      subject: found.subject,
      caseId: found.id,
      remedyId: choice.remedy?.id ?? null,
      layer: choice.remedy?.layer ?? 'container',
      evidence: evidenceOf(subject),
    },
    { onStep: (says) => progress(context, flags, proposal.hide(says)) },
  )
  printFix(context, flags, { found, choice, proposal, record })
  context.finish(exitCodeOf(record))
}

function exitCodeOf({ state }: FixRecord): ExitCode {
  return state === 'applied' ? EXIT.ok : EXIT.bad
}

function progress({ io }: CliContext, { quiet, json }: FixFlags, says: string): void {
  if (io.terminal !== null && quiet !== true && json !== true) io.err(`${says} …\n`)
}

function refuseUnknownRemedy({ remedy }: FixFlags, { found }: Answered): void {
  if (remedy === undefined || found.remedies.some(({ id }) => id === remedy)) return
  const known = found.remedies.map(({ id }) => id).join(', ')
  throw usageError(
    `the case has no remedy '${remedy}'`,
    '--remedy',
    known === '' ? 'it has none at all' : `use one of ${known}`,
  )
}

/** @throws StellaError (usage) where an option has a meaning for pods alone */
function refuseForOthers({ force, inPlace }: FixFlags, { kind }: FixTarget): void {
  if (kind === 'pod') return
  const option = force === true ? '--force' : inPlace === true ? '--in-place' : null
  if (option === null) return
  const where = force === true ? 'with --undo, or for a pod' : 'for a pod'
  throw usageError(`has a meaning ${where} alone`, option, 'leave it out')
}

/** What is asked of a driver, and what takes out of its answers what may not be shown. */
async function requestOf(
  context: CliContext,
  flags: FixFlags,
  known: {
    subject: Answered
    choice: Extract<FixChoice, { kind: 'change' }>
    evidence: SizingEvidence | null
  },
): Promise<{ request: PlanRequest; hide: Proposal['hide'] }> {
  const { choice, evidence } = known
  const isEnvironment = choice.change.kind === 'environment'
  const subject = isEnvironment ? await withWorld(context, known.subject) : known.subject
  const present = isEnvironment ? environmentOf(subject) : {}
  const change = merged(choice.change, present)
  if (change.kind === 'limit' && choice.where === 'own')
    refuseHarmfulLimit(change.limitBytes, evidence)
  const target = fixTargetOf(questionOf(flags, subject, choice.where))
  refuseForOthers(flags, target)
  const request = {
    target,
    change,
    recreate: flags.recreate === true,
    inPlace: flags.inPlace === true,
    force: flags.force === true,
  }
  return { request, hide: hiding(change, present) }
}

/** What stands in the variables now is in no case. */
async function withWorld(context: CliContext, subject: Answered): Promise<Answered> {
  if (subject.world !== null) return subject
  const { world } = await (await context.engine()).collect(subject.target, { since: null })
  return { ...subject, world }
}

function environmentOf(subject: Answered): Record<string, string> {
  return Object.fromEntries(
    variablesOf(subject).map((word) => {
      const at = word.indexOf('=')
      return at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

function merged(change: Change, present: Readonly<Record<string, string>>): Change {
  if (change.kind !== 'environment') return change
  const set = Object.entries(change.set).map(([name, flag]) => [
    name,
    withFlag(name, present[name] ?? null, flag),
  ])
  return { kind: 'environment', set: Object.fromEntries(set) }
}
