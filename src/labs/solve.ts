/** The solution: shown, or carried out. */
import { untilNextLook } from './bench.ts'
import type { Bench, Watching } from './bench.ts'
import { openLab, viewOf } from './check.ts'
import { judgeAll } from './judge.ts'
import { runShell } from './shell.ts'
import { wordsOf } from './site.ts'
import { commandsIn, textFor } from './text.ts'

const SETTLES_MS = 20_000

export function solutionOf(bench: Bench, id: string): string {
  const { lab, backend, site } = openLab(bench, id)
  return textFor(bench.shelf.page(lab, 'solution'), backend.id, wordsOf(backend, site))
}

/** Carries out its commands and gives its answers; resolves once everything holds, or does not within 20 seconds. */
export async function applySolution(
  bench: Bench,
  id: string,
  { onStep, signal }: Watching,
): Promise<void> {
  const open = openLab(bench, id)
  const { lab, backend, site } = open
  const words = wordsOf(backend, site)
  for (const commands of commandsIn(bench.shelf.page(lab, 'solution'), backend.id, words)) {
    for (const line of commands.split('\n')) onStep(`$ ${line}`)
    await runShell(bench, commands, 'the solution')
  }
  const view = await viewOf(bench, open)
  const answers = Object.fromEntries(
    lab.checks.flatMap((check) => Object.entries(check.answers(view))),
  )
  for (const [question, right] of Object.entries(answers)) onStep(`answer ${question}=${right}`)
  const state = bench.store.update(open.state, (now) => ({
    ...now,
    answers: { ...now.answers, ...answers },
  }))
  if (state === null) return
  const end = bench.reader.now() + SETTLES_MS
  while (bench.reader.now() < end) {
    const now = await viewOf(bench, { ...open, state })
    if (judgeAll(lab, now).every(({ ok }) => ok)) return
    await untilNextLook(signal)
  }
}
