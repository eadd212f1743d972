/** Whether a run came to what a test expects: a sentence for each that it did not. */
import type { ToldRun, ToldStep } from '../report/told-run.ts'
import type { Programs } from '../run/commands.ts'
import { isSame, typed } from './commands-named.ts'
import type { Expected, Judgement } from './runbook-test.ts'
import type { Played } from './stage.ts'

export function failuresOf(expected: Expected, run: ToldRun, played: Played): readonly string[] {
  const { verdict, waits, states, captures, ran, changes, undone } = expected
  const commands = played.asked.map(({ programs }) => programs)
  return [
    ...(verdict === null
      ? []
      : differs('the verdict', verdict, run.verdict ?? 'none yet', whyOf(run))),
    ...(waits === null || run.waits?.step === waits
      ? []
      : [
          `it should wait at ${waits}, and ${run.waits === null ? 'does not wait' : `waits at ${run.waits.step}`}`,
        ]),
    ...[...states].flatMap(([id, wanted]) => stateDiffers(run.steps, id, wanted)),
    ...capturesDiffer(captures, run.steps),
    ...(ran === null ? [] : missingFrom(ran, commands)),
    ...(changes === null
      ? []
      : listsDiffer(
          'changed',
          changes,
          played.asked.flatMap((each) => (each.changes ? [each.programs] : [])),
        )),
    ...(undone === null ? [] : undoneDiffers(undone, played.undone)),
  ]
}

function whyOf({ why, waits }: ToldRun): string {
  return why ?? (waits === null ? '' : `it waits at ${waits.step}: ${waits.why}`)
}

function differs<Is extends string>(
  what: string,
  { is, because }: Judgement<Is>,
  found: string,
  why: string,
): readonly string[] {
  const told = why === '' ? '' : ` (${why})`
  if (found !== is) return [`${what} is ${found}, and should be ${is}${told}`]
  if (because === null || why.includes(because)) return []
  return [`${what} is ${is}, but not because of '${because}'${told}`]
}

function stateDiffers(
  steps: readonly ToldStep[],
  id: string,
  wanted: Judgement<ToldStep['state']>,
): readonly string[] {
  const step = steps.find((each) => each.id === id)
  return step === undefined ? [] : differs(id, wanted, step.state, step.why ?? '')
}

function capturesDiffer(
  wanted: Expected['captures'],
  steps: readonly ToldStep[],
): readonly string[] {
  const found = new Map(steps.flatMap((step) => Object.entries(step.captures)))
  return [...wanted].flatMap(([name, value]) => {
    const is = found.get(name)
    if (is === value) return []
    return [
      `${name} is ${is === undefined ? 'not known' : JSON.stringify(is)}, and should be ${JSON.stringify(value)}`,
    ]
  })
}

function missingFrom(wanted: readonly Programs[], ran: readonly Programs[]): readonly string[] {
  let from = 0
  for (const programs of wanted) {
    const at = ran.findIndex((each, place) => place >= from && isSame(each, programs))
    if (at === -1) {
      const isThere = ran.some((each) => isSame(each, programs))
      return [
        `${typed(programs)} was run ${isThere ? 'at another time' : 'never'}; it ran${listed(ran)}`,
      ]
    }
    from = at + 1
  }
  return []
}

function listsDiffer(
  what: string,
  wanted: readonly Programs[],
  found: readonly Programs[],
): readonly string[] {
  const isEqual =
    wanted.length === found.length && wanted.every((each, at) => isSame(each, found[at] ?? []))
  return isEqual
    ? []
    : [`these should have ${what} something:${listed(wanted)}; these did:${listed(found)}`]
}

function listed(commands: readonly Programs[]): string {
  if (commands.length === 0) return ' nothing'
  const runs: { text: string; times: number }[] = []
  for (const command of commands) {
    const text = typed(command)
    const last = runs.at(-1)
    // What is tried again and again is told once.
    if (last?.text === text) last.times++
    else runs.push({ text, times: 1 })
  }
  return runs
    .map(({ text, times }) => `\n  ${text}${times === 1 ? '' : ` (${times} times)`}`)
    .join('')
}

function undoneDiffers(wanted: readonly string[], found: readonly string[]): readonly string[] {
  if (found.join() === wanted.join()) return []
  const [is, should] = [found, wanted].map((ids) => ids.join(', ') || 'nothing')
  return [`taken back: ${is}; it should have been ${should}`]
}
