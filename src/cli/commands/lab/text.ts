/** Labs as lines for people. */
import { counted } from '../../../model/counted.ts'
import type { CheckResult } from '../../../labs/judge.ts'
import type { Lab } from '../../../labs/lab.ts'
import type { LabState } from '../../../labs/state.ts'
import { printable, printableLines } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { Paint } from '../../render/paint.ts'
import { wrapHanging } from '../../render/wrap.ts'

const WIDTH = 100

export function checkLines(checks: readonly CheckResult[], paint: Paint): readonly string[] {
  return checks.flatMap(({ ok, name, title, actual, expected, todo }) => [
    `${ok ? paint.good('holds') : paint.bad('fails')}  ${name}: ${title}`,
    ...wrapHanging('         is        ', printable(actual), WIDTH),
    ...(ok
      ? []
      : [
          ...wrapHanging('         should be ', printable(expected), WIDTH),
          ...wrapHanging('         next      ', todo, WIDTH),
        ]),
  ])
}

export function stateLines(lab: Lab, state: LabState, paint: Paint): readonly string[] {
  return [
    paint.bold(lab.title),
    '',
    `  Lab       ${lab.id}, ${difficulty(lab.difficulty)}, about ${lab.minutes} minutes`,
    `  Made in   ${state.backend}`,
    `  Since     ${localTime(state.startedAt)}`,
    `  Ends      ${localTime(state.endsAt)}, by itself`,
    `  So far    ${counted(state.attempts, 'check')}, ${counted(state.hints.length, 'hint')}${state.solvedAt === null ? '' : ', solved'}`,
  ]
}

export function pageLines(markdown: string): readonly string[] {
  return printableLines(markdown.trimEnd())
}

export function questionLines({ questions, id }: Lab, { answers }: LabState): readonly string[] {
  if (questions.length === 0) return []
  return [
    '',
    `Questions, answered with 'stella lab check ${id} --answer QUESTION=ANSWER':`,
    ...questions.flatMap(({ id: question, asks, choices }) => {
      const given = answers[question]
      const says = `${asks}${choices.length === 0 ? '' : ` One of ${choices.join(', ')}.`}${given === undefined ? '' : ` Your answer: ${given}.`}`
      return wrapHanging(`  ${question}: `, printable(says), WIDTH)
    }),
  ]
}

export function difficulty(level: number): string {
  return ['easy', 'of medium difficulty', 'hard'][level - 1] ?? 'hard'
}
