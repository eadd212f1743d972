import * as z from 'zod/mini'
import { formatBytes } from '../../model/bytes.ts'
import { readSize } from '../../parsers/quantity/own.ts'
import type { Judgement } from '../lab.ts'
import type { LabView } from '../view.ts'
import { checkType, fails, holds, seenNow, Size } from './check-type.ts'

const FIGURES = [
  'limit',
  'anonymous',
  'kills',
  'exit-code',
  'swap',
  'usable-swap',
  'growth',
  'life',
] as const
const COUNTS: readonly string[] = ['kills', 'exit-code', 'life']

/** The right word; the fault that was made; a size; or a figure of a workload, as the kernel says it. */
const Right = z.union([
  z.strictObject({ is: z.string() }),
  z.strictObject({ fault: z.literal(true) }),
  z.strictObject({ bytes: Size, within: z._default(z.number(), 0) }),
  z.strictObject({
    figure: z.enum(FIGURES),
    workload: z.string(),
    within: z._default(z.number(), 0),
  }),
])

/** A question is answered. What is right is not told. */
export const answer = checkType(
  'answer',
  z.strictObject({ question: z.string(), right: Right }),
  (view, { question, right }) => {
    const given = view.state.answers[question]
    if (given === undefined) {
      return fails('open', 'not answered', `an answer to '${question}' that is right`)
    }
    const known = rightFor(view, right)
    return known.kind === 'word' ? word(given, known.is) : figure(given, known)
  },
  {
    answers: (view, { question, right }) => {
      const known = rightFor(view, right)
      return { [question]: known.kind === 'word' ? known.is : String(known.values[0] ?? 0) }
    },
  },
)

type Known =
  | { kind: 'word'; is: string }
  | { kind: 'size' | 'count'; values: readonly number[]; within: number }

function rightFor(view: LabView, right: z.infer<typeof Right>): Known {
  if ('is' in right) return { kind: 'word', is: right.is }
  if ('fault' in right) return { kind: 'word', is: view.state.fault ?? '' }
  if ('bytes' in right) return { kind: 'size', values: [right.bytes], within: right.within }
  const isSize = !COUNTS.includes(right.figure)
  const values = figuresOf(view, right.workload, right.figure)
  return { kind: isSize ? 'size' : 'count', values, within: right.within }
}

function word(given: string, right: string): Judgement {
  const expected = 'what the evidence says'
  return given === right
    ? holds(`'${given}'`, expected)
    : fails('wrong', `'${given.slice(0, 60)}'`, expected)
}

/** As it was when the lab was opened, or as it is now: both are right. */
function figuresOf(
  view: LabView,
  workload: string,
  which: (typeof FIGURES)[number],
): readonly number[] {
  const then = view.state.baseline[workload]
  const now = seenNow(view, workload)
  const both = {
    limit: [then?.limitBytes],
    anonymous: [then?.anonBytes, now.anonBytes],
    // Any count from then to now: it may have been read in between.
    kills: between(then?.kills ?? null, now.kills),
    'exit-code': [then?.exitCode],
    swap: [then?.swapBytes],
    'usable-swap': [now.usableSwapBytes],
    // A second, and seconds: as stella's own forecast said then.
    growth: [then?.growth?.bytesPerSecond],
    life: [then?.growth?.lifeSeconds],
  }[which]
  return both.filter((value) => value !== null && value !== undefined)
}

const MOST_KILLS = 10_000

function between(from: number | null, to: number | null): readonly number[] {
  const first = from ?? to ?? 0
  const count = Math.min(Math.max((to ?? first) - first, 0), MOST_KILLS) + 1
  return Array.from({ length: count }, (_, at) => first + at)
}

/** `within` is a part of what is right: 0.1 is ten per cent. */
function figure(
  given: string,
  { kind, values, within }: Extract<Known, { kind: 'size' | 'count' }>,
): Judgement {
  const says = 'what the kernel says'
  const expected = within === 0 ? says : `${says}, within ${Math.round(within * 100)} %`
  const read = kind === 'size' ? readSize(given) : readCount(given)
  if (!read.ok) return fails('wrong', read.problem, expected)
  const actual = kind === 'size' ? formatBytes(read.bytes) : String(read.bytes)
  return values.some((value) => Math.abs(value - read.bytes) <= value * within)
    ? holds(actual, expected)
    : fails('wrong', actual, expected)
}

function readCount(text: string): ReturnType<typeof readSize> {
  if (/^\d{1,12}$/.test(text)) return { ok: true, bytes: Number(text) }
  return { ok: false, problem: `'${text.slice(0, 40)}' is no number`, todo: 'write digits' }
}
