import type { FixChoice } from '../../../advice/choose-fix.ts'
import { withFlag } from '../../../advice/runtime-flags.ts'
import { EXIT, type ExitCode, usageError } from '../../../model/errors.ts'
import type { Change, FixRecord } from '../../../model/fix.ts'
import type { SizingEvidence } from '../../../model/sizing.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { DEFAULT_POLICY } from '../../../sizing/policy.ts'
import { sizeOf } from '../../../sizing/size-of.ts'
import { atClusters } from '../../cluster-flags.ts'
import type { CliContext } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { choose, questionOf, variablesOf, sizingEvidence } from './choose.ts'
import { printFix, type Proposal } from './answer.ts'
import type { FixFlags } from './flags.ts'
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

function refuseContradictions({
  apply,
  undo: takeBack,
  list,
  force,
  limit,
  remedy,
  env,
}: FixFlags): void {
  if ([apply, takeBack, list].filter((flag) => flag === true).length > 1) {
    throw usageError('--apply, --undo and --list exclude each other', null, 'choose one of them')
  }
  if (force === true && takeBack !== true) {
    throw usageError('has a meaning with --undo alone', '--force', 'leave it out')
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
  const proposal = await propose(context, flags, { subject, desk, choice, evidence })
  if (flags.apply !== true) {
    printFix(context, flags, { found, choice, proposal, record: null })
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

async function propose(
  context: CliContext,
  flags: FixFlags,
  known: {
    subject: Answered
    desk: FixDesk
    choice: Extract<FixChoice, { kind: 'change' }>
    evidence: SizingEvidence | null
  },
): Promise<Proposal> {
  const { desk, choice, evidence } = known
  const isEnvironment = choice.change.kind === 'environment'
  const subject = isEnvironment ? await withWorld(context, known.subject) : known.subject
  const present = isEnvironment ? environmentOf(subject) : {}
  const change = merged(choice.change, present)
  if (change.kind === 'limit' && choice.where === 'own')
    refuseHarmfulLimit(change.limitBytes, evidence)
  const plan = await desk.plan({
    target: fixTargetOf(questionOf(flags, subject, choice.where)),
    change,
    recreate: flags.recreate === true,
  })
  return { plan, change, hide: hiding(change, present) }
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
