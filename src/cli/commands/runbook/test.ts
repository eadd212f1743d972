import { openTested, testRunbook } from '../../../app/runbooks/test-runbook.ts'
import type { TestedRunbook, TestOutcome } from '../../../app/runbooks/test-runbook.ts'
import { shelf } from '../../../app/runbooks/shelf.ts'
import { EXIT, unreachableError } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { print } from '../scanner/print.ts'

/** `stella runbook test`. */
export async function testRunbooks(
  this: CliContext,
  flags: CommonFlags,
  ...names: string[]
): Promise<void> {
  const tested: TestedRunbook[] = []
  for (const opened of names.length === 0 ? shelf() : names.map(openTested)) {
    const each = await testRunbook(opened)
    if (names.length > 0 && each.file === null) {
      const todo = `write ${opened.path.replace(/\.md$/, '')}.test.yaml beside it`
      throw unreachableError('it has no tests', opened.path, todo)
    }
    tested.push(each)
  }
  const failed = tested.flatMap(({ tests }) => tests.filter((test) => !holds(test)))
  const paint = paintFor(this.io, flags.noColor ?? false)
  print(this.io, flags, {
    document: documentOf(tested, failed.length),
    lines: [
      paint.bold(summary(tested, failed.length)),
      ...tested.flatMap((each) => runbookLines(each, paint)),
    ],
    quiet: tested.flatMap(({ id, tests }) =>
      tests.flatMap((test) => (holds(test) ? [] : [`${id}: ${test.name}`])),
    ),
  })
  this.finish(failed.length > 0 ? EXIT.bad : EXIT.ok)
}

function holds({ failures }: TestOutcome): boolean {
  return failures.length === 0
}

function documentOf(tested: readonly TestedRunbook[], failed: number): object {
  return {
    /** What `stella runbook test --json` prints. */
    schema: 'stella.runbook-tests/1',
    passed: tested.flatMap(({ tests }) => tests).length - failed,
    failed,
    runbooks: tested.map(({ id, file, tests, coverage }) => ({
      id,
      file,
      tests: tests.map((test) => ({ ...test, passed: holds(test) })),
      coverage,
    })),
  }
}

function summary(tested: readonly TestedRunbook[], failed: number): string {
  const count = tested.flatMap(({ tests }) => tests).length
  const tests = `${count} ${count === 1 ? 'test' : 'tests'} of ${tested.length} ${tested.length === 1 ? 'runbook' : 'runbooks'}`
  const ways = tested.flatMap(({ coverage }) => coverage)
  const gone = ways.reduce((sum, each) => sum + each.gone.length, 0)
  const all = ways.reduce((sum, each) => sum + each.gone.length + each.notGone.length, 0)
  return `${failed === 0 ? 'All hold' : `${failed} failed`}: ${tests}, through ${gone} of ${all} ways.`
}

function runbookLines(
  { id, file, tests, coverage }: TestedRunbook,
  paint: Paint,
): readonly string[] {
  if (file === null) return ['', `${id}: no tests`]
  const open = coverage.flatMap(({ step, notGone }) =>
    notGone.length === 0 ? [] : [`    ${step}: ${notGone.join(', ')}`],
  )
  return [
    '',
    id,
    ...tests.flatMap((test) => testLines(test, file, paint)),
    ...(open.length === 0 ? [] : ['  no test goes this way:', ...open]),
  ]
}

function testLines(test: TestOutcome, file: string, paint: Paint): readonly string[] {
  if (holds(test)) return [`  ok      ${printable(test.name)}`]
  return [
    `  ${paint.bad('failed')}  ${printable(test.name)} (${file}:${test.line})`,
    ...test.failures
      .flatMap((says) => says.split('\n'))
      .map((line) => `            ${printable(line)}`),
  ]
}
