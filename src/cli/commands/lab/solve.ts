import { openLab } from '../../../labs/check.ts'
import { applySolution, solutionOf } from '../../../labs/solve.ts'
import type { CliContext } from '../../context.ts'
import { print } from '../scanner/print.ts'
import { benchFor, listening } from './bench.ts'
import type { LabFlags } from './parameters.ts'
import { pageLines } from './text.ts'

interface SolveFlags extends LabFlags {
  apply?: boolean
}

/** `stella lab solve`. */
export async function solveOne(this: CliContext, flags: SolveFlags, id: string): Promise<void> {
  const bench = benchFor(this, flags)
  const solution = solutionOf(bench, id)
  const steps: string[] = []
  if (flags.apply === true) {
    await listening(this, flags, ({ signal }) =>
      applySolution(bench, id, { signal, onStep: (says) => steps.push(says) }),
    )
  }
  const { state } = openLab(bench, id)
  const next = `It is carried out; 'stella lab check ${id}' judges it.`
  print(this.io, flags, {
    document: {
      /** What `stella lab solve --json` prints: how a lab is solved, and with `--apply` what was done. */
      schema: 'stella.lab-solution/1',
      id,
      solution,
      applied: flags.apply === true,
      steps,
      answers: flags.apply === true ? state.answers : {},
    },
    lines: flags.apply === true ? [...steps, '', next] : pageLines(solution),
    quiet: steps,
  })
}
