/** What vitest's JSON reporter tells of each file of tests. */
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export interface FileReport extends Counts {
  /** Tests that failed, each with what it said first; empty where none began. */
  failures: readonly string[]
}

/** By the path of the file. */
export type ReportsByFile = ReadonlyMap<string, FileReport>

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
})

/** Null where vitest did not come to write it. */
export function readReport(path: string): ReportsByFile | null {
  try {
    const { testResults } = Report.parse(JSON.parse(readFileSync(path, 'utf8')))
    return new Map(testResults.map((file) => [file.name, reportOf(file)]))
  } catch {
    return null
  }
}

export function sumOf(all: Iterable<Counts>): Counts {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of all) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

export function failedFiles(files: ReportsByFile): readonly string[] {
  return [...files].filter(([, { failed }]) => failed > 0).map(([name]) => name)
}

function reportOf({
  status,
  assertionResults,
}: z.infer<typeof Report>['testResults'][0]): FileReport {
  const passed = assertionResults.filter((one) => one.status === 'passed').length
  const failed = assertionResults.filter((one) => one.status === 'failed')
  return {
    passed,
    // What fails before the first test, or after the last, is the failure of no test.
    failed: status === 'failed' ? Math.max(failed.length, 1) : failed.length,
    skipped: assertionResults.length - passed - failed.length,
    failures: failed.map(({ fullName, failureMessages: [said = ''] }) => {
      return `${fullName}: ${said.split('\n', 1)[0]}`
    }),
  }
}
