import { openRunbook, shelf, surroundingsOf } from '../../../app/runbooks/shelf.ts'
import { EXIT } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import { lint } from '../../../runbooks/lint/lint.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'
import { goodRuns } from './good-runs.ts'
import type { DataFlags } from './run-flags.ts'

/** `stella runbook lint`. */
export async function lintRunbooks(
  this: CliContext,
  flags: DataFlags,
  ...names: string[]
): Promise<void> {
  const opened = names.length === 0 ? shelf() : names.map(openRunbook)
  const now = this.io.now()
  const runs = await goodRuns(this, flags)
  const findings = opened.flatMap((each) => {
    const last = runs.get(each.read.runbook.id)
    const lastGoodRun = last === undefined ? null : Date.parse(last)
    return lint(each.read, surroundingsOf(each, { now, lastGoodRun })).map((finding) => ({
      file: each.path,
      ...finding,
    }))
  })
  const errors = findings.filter(({ isError }) => isError).length
  const paint = paintFor(this.io, flags.noColor ?? false)
  const [first] = opened
  print(this.io, flags, {
    document: {
      /** What `stella runbook lint --json` prints. */
      schema: 'stella.runbook/1',
      title: opened.length === 1 ? first?.read.runbook.title : null,
      files: opened.length,
      findings: findings.map(({ rule, file, line, says, todo, isError }) => ({
        rule,
        severity: isError ? 'error' : 'warning',
        file,
        line,
        message: says,
        do: todo,
      })),
    },
    lines: [
      ...findings.flatMap(({ file, line, rule, says, todo, isError }) => [
        `${file}:${line}  ${isError ? paint.bad('error') : 'warning'}  ${rule}: ${printable(says)}`,
        `    ${printable(todo)}`,
      ]),
      ...(findings.length > 0 ? [''] : []),
      summary(opened.length, errors, findings.length - errors),
    ],
    quiet: findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`),
  })
  this.finish(errors > 0 ? EXIT.bad : EXIT.ok)
}

function summary(files: number, errors: number, warnings: number): string {
  const read = `${files} ${files === 1 ? 'runbook' : 'runbooks'}`
  if (errors + warnings === 0) return `Nothing is wrong in ${read}`
  return `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'} in ${read}`
}
