import { formatBytes } from '../../../../model/bytes.ts'
import {
  type BudgetItem,
  type BudgetRequest,
  type BudgetVerdict,
  type ItemState,
  type JvmBudget,
  LEAST_HEADROOM_PERCENT,
} from '../../../../simulate/jvm/budget.ts'
import { printable } from '../../../../report/printable.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import type { Answer, Part } from '../print.ts'

/** The same JVM with more threads or direct buffers. */
export interface WhatIf {
  moreThreads: number
  moreDirectBytes: number
  budget: JvmBudget
}

/** What JVM options let it take, and whether the limit holds that. */
export function budgetAnswer(
  request: BudgetRequest,
  budget: JvmBudget,
  more: WhatIf | null,
): Answer {
  const says = headlineOf(request, budget)
  const then = more === null ? null : whatIfSentence(request, more)
  const notes = notesOn(request, budget)
  const headline = then === null ? says : `${says} ${then}`
  return {
    document: {
      /** With `--flags`: whether these options fit the limit. */
      schema: 'stella.simulate-jvm/1',
      mode: 'check',
      limitBytes: request.limitBytes,
      heapBytes: budget.heapBytes,
      flags: [...request.reading.setBy.values()],
      items: budget.items,
      budgetBytes: budget.budgetBytes,
      headroomBytes: budget.headroomBytes,
      headroomPercent: rounded(budget.headroomPercent),
      mostBytes: budget.mostBytes,
      verdict: budget.verdict,
      roomForThreads: budget.roomForThreads,
      whatIf: more === null ? null : whatIfDocument(more, then),
      says,
      notes,
    },
    headline,
    tone: TONES[(more?.budget ?? budget).verdict],
    parts: [tableOf(budget.items), { sentences: notes }],
  }
}

const TONES: Readonly<Record<BudgetVerdict, Answer['tone']>> = {
  over: 'bad',
  tight: 'bad',
  open: 'bold',
  fits: 'good',
}

function headlineOf({ limitBytes }: BudgetRequest, budget: JvmBudget): string {
  const { verdict, headroomBytes, headroomPercent, budgetBytes } = budget
  const limit = formatBytes(limitBytes)
  const sum = sizeWithBytes(budgetBytes)
  const left = `${formatBytes(headroomBytes)} (${rounded(headroomPercent)} %)`
  switch (verdict) {
    case 'over':
      return `It does not fit: ${sum} are promised, ${formatBytes(-headroomBytes)} more than the limit of ${limit}.`
    case 'tight':
      return `It fits tightly: ${sum} of ${limit} are promised, and the ${left} left are less than the ${LEAST_HEADROOM_PERCENT} % that collector, compiler and malloc need.`
    case 'open':
      return `${sum} of ${limit} are promised, ${left} are left, and what has no bound can grow past that.`
    case 'fits':
      return `It fits: ${sum} of ${limit} are promised, ${left} are left.`
  }
}

function whatIfSentence({ limitBytes }: BudgetRequest, more: WhatIf): string {
  const { moreThreads, moreDirectBytes, budget } = more
  const added = [
    moreThreads === 0 ? null : `${moreThreads} more threads`,
    moreDirectBytes === 0 ? null : `${formatBytes(moreDirectBytes)} more of direct buffers`,
  ].filter((part) => part !== null)
  const { headroomBytes } = budget
  const outcome =
    headroomBytes < 0
      ? `${formatBytes(-headroomBytes)} more than the limit of ${formatBytes(limitBytes)}: it would be killed`
      : `${formatBytes(headroomBytes)} (${rounded(budget.headroomPercent)} %) below the limit`
  return `With ${added.join(' and ')} it is ${formatBytes(budget.budgetBytes)}, ${outcome}.`
}

function whatIfDocument({ budget, ...added }: WhatIf, says: string | null) {
  const { budgetBytes, headroomBytes, headroomPercent, verdict } = budget
  return {
    ...added,
    budgetBytes,
    headroomBytes,
    headroomPercent: rounded(headroomPercent),
    verdict,
    says,
  }
}

function tableOf(items: readonly BudgetItem[]): Part {
  return {
    lines: textTable(
      ['Item', 'Promised', 'At most', 'By'],
      items.map(({ name, bytes, mostBytes, state, by }) => [
        name,
        bytes === null ? '-' : formatBytes(bytes),
        mostBytes === null ? withoutBound(state) : formatBytes(mostBytes),
        printable(by),
      ]),
    ),
  }
}

function withoutBound(state: ItemState): string {
  return state === 'unknown' ? 'not known' : 'no bound'
}

function notesOn({ reading }: BudgetRequest, budget: JvmBudget): string[] {
  const open = budget.items.filter(({ bytes, state }) => bytes === null && state === 'default')
  const names = open.map(({ name, mostBytes }) =>
    mostBytes === null ? `${name} (no bound)` : `${name} (up to ${formatBytes(mostBytes)})`,
  )
  return [
    names.length === 0
      ? null
      : `Neither set nor told, so not in the sum: ${names.join(', ')}. ${OPTIONS}`,
    budget.mostBytes === null
      ? null
      : `With everything at its bound it would be ${sizeWithBytes(budget.mostBytes)}.`,
    budget.headroomBytes > 0
      ? `There is room for ${budget.roomForThreads} more threads, or ${formatBytes(budget.headroomBytes)} of anything else.`
      : null,
    reading.ignored === 0
      ? null
      : `${reading.ignored} ${reading.ignored === 1 ? 'word of --flags bears' : 'words of --flags bear'} on nothing here.`,
    'Stacks are reserved in full and used in part: a thread takes what it touches.',
  ].filter((note) => note !== null)
}

const OPTIONS =
  '-XX:MaxMetaspaceSize, -XX:ReservedCodeCacheSize and -XX:MaxDirectMemorySize bound them.'

function rounded(percent: number): number {
  return Math.round(percent * 10) / 10
}
