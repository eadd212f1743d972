/** What `stella doctor fix` answers, as text or JSON. */
import type { CheckResult } from '../../../doctor/examine.ts'
import type { StellaError } from '../../../model/errors.ts'
import { sentence } from '../../../report/sentence.ts'
import { printable } from '../../../report/printable.ts'
import type { CliContext } from '../../context.ts'
import { planLines, recordLines } from '../../render/fix.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { reportWidth } from '../../render/width.ts'
import { wrapHanging } from '../../render/wrap.ts'
import { recordDocument } from '../fix/document.ts'
import { hiding, shownPlan, shownRecord } from '../fix/hidden.ts'
import type { DoctorFlags } from './flags.ts'
import type { Mending } from './mendings.ts'
import { readOn } from './read-on.ts'
import { labelled, worstFirst } from './text.ts'

interface Answer {
  results: readonly CheckResult[]
  mendings: readonly Mending[]
  /** Nothing was to be made. */
  isPlan: boolean
}

interface Style {
  width: number
  paint: Paint
}

export function printMendings({ io }: CliContext, flags: DoctorFlags, answer: Answer): void {
  if (flags.json === true || flags.format === 'json') {
    io.out(`${JSON.stringify(documentOf(answer), null, 2)}\n`)
    return
  }
  const style = { width: reportWidth(io), paint: paintFor(io, flags.noColor ?? false) }
  const lines = flags.quiet === true ? quietLines(answer) : textLines(answer, flags, style)
  for (const line of lines) io.out(`${line}\n`)
}

/** Problems that nobody but a person can solve, the worst first. */
function forPeople(results: readonly CheckResult[]) {
  return worstFirst(results).flatMap(({ check, problems }) =>
    problems.filter(({ mend }) => mend === undefined).map((problem) => ({ check, problem })),
  )
}

function unseen(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.filter(({ isOutOfReach }) => isOutOfReach)
}

function planOf({ state, mend }: Mending) {
  return state.plan === null ? null : shownPlan(state.plan, mend.change, hiding(mend.change, {}))
}

function documentOf({ results, mendings, isPlan }: Answer) {
  return {
    /** What `stella doctor --fix --json` prints: what is mended, or would be. */
    schema: 'stella.doctor-fix/1',
    action: isPlan ? 'plan' : 'apply',
    mendings: mendings.map((mending) => {
      const { result, problem, mend, state } = mending
      return {
        check: result.check.id,
        status: problem.status,
        says: problem.says,
        because: mend.because,
        state: state.kind,
        plan: planOf(mending),
        refused:
          state.kind === 'refused' ? { says: sentenceOf(state.error), do: state.error.todo } : null,
        record: state.kind === 'made' ? recordDocument(state.record) : null,
        after:
          state.kind === 'made' && state.after !== null
            ? { status: state.after.status, says: state.after.says, helped: state.helped }
            : null,
      }
    }),
    outOfReach: unseen(results).map(({ check, says, todo }) => ({
      check: check.id,
      says,
      do: todo,
    })),
    forPeople: forPeople(results).map(({ check, problem }) => ({
      check: check.id,
      status: problem.status,
      says: problem.says,
      do: problem.todo,
      runbook: check.runbook,
    })),
  }
}

function quietLines({ mendings }: Answer): readonly string[] {
  return mendings.map(({ result, state }) =>
    state.kind === 'made'
      ? `${state.record.state} ${state.record.id} ${result.check.id}`
      : `${state.kind} ${result.check.id}`,
  )
}

function textLines(answer: Answer, flags: DoctorFlags, style: Style): readonly string[] {
  const { results, mendings, isPlan } = answer
  const people = forPeople(results)
  const canBeMade = mendings.some(({ state }) => state.kind === 'planned')
  return [
    style.paint.bold(headOf(mendings.length, people.length)),
    ...mendings.flatMap((mending, at) => ['', ...mendingLines(mending, at + 1, style)]),
    ...(people.length === 0 ? [] : ['', style.paint.bold('For a person')]),
    ...people.flatMap(({ check, problem }) => [
      ...wrapHanging('  ', `${check.id}: ${sentence(problem.says)}`, style.width),
      ...labelled('do', problem.todo, style.width),
      ...labelled('read', readOn(check.runbook), style.width),
    ]),
    ...unseen(results).flatMap(({ check, says, todo }) => [
      '',
      ...wrapHanging('', `Not looked at: ${check.id}: ${sentence(says)}`, style.width),
      ...labelled('do', todo ?? 'run it again', style.width),
    ]),
    ...(isPlan && canBeMade
      ? ['', `Nothing is changed yet. To do it: stella doctor fix${asAsked(flags)} --apply`]
      : []),
  ]
}

/** What was asked for, for the next call; an address of a database may hold a password, and is left out. */
function asAsked({ check = [], data, server }: DoctorFlags): string {
  const words = [
    ...check.map((id) => `--check ${id}`),
    ...(data === undefined ? [] : [`--data ${data}`]),
    ...(server === undefined ? [] : [`--server ${server.href}`]),
  ]
  return words.map((word) => ` ${printable(word)}`).join('')
}

function sentenceOf({ where, message }: StellaError): string {
  return where === null ? message : `${where}: ${message}`
}

function headOf(ours: number, theirs: number): string {
  if (ours + theirs === 0) return 'Nothing is wrong that could be mended'
  const many = (count: number): string => `${count} ${count === 1 ? 'problem' : 'problems'}`
  if (ours === 0) return `${many(theirs)}, and none that stella can mend itself`
  const rest = theirs === 0 ? '' : `; ${many(theirs)} for a person`
  return `${many(ours)} that stella can mend itself${rest}`
}

function mendingLines(mending: Mending, number: number, style: Style): readonly string[] {
  const { result, problem, mend, state } = mending
  const { width, paint } = style
  const plan = planOf(mending)
  const isMade = state.kind === 'made'
  const told = { because: mend.because, warnings: [], isMade, by: 'doctor fix' as const }
  return [
    paint.bold(`${number}. ${result.check.id}`),
    ...wrapHanging('  ', sentence(problem.says), width),
    '',
    ...(plan === null ? [] : planLines(plan, told, style)),
    ...endLines(mending, style),
  ]
}

function endLines({ state }: Mending, style: Style): readonly string[] {
  const { width, paint } = style
  switch (state.kind) {
    case 'planned':
      return []
    case 'declined':
      return ['', '  Left as it is']
    case 'refused':
      return [
        ...(state.plan === null ? [] : ['']),
        ...wrapHanging('  ', paint.bad(`Not done: ${printable(sentenceOf(state.error))}`), width),
        ...labelled('do', state.error.todo, width),
      ]
    case 'made': {
      const { record, after, helped } = state
      const again =
        after === null
          ? []
          : wrapHanging(
              '  ',
              `${helped ? 'Looked again' : 'It did not help'}: ${after.status}, ${sentence(after.says)}`,
              width,
            )
      return ['', ...recordLines(shownRecord(record), 'doctor fix', style), ...again]
    }
  }
}
