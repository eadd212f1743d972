import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPO } from './repo.ts'
import { failedFiles, readReport, sumOf } from './vitest-report.ts'

const FILES = {
  'passes.test.ts': "test('a', () => {}); test.skip('b', () => {})",
  'fails.test.ts': "test('a', () => {}); test('b', () => { throw new Error('no\\nnever') })",
  'begins-badly.test.ts': "beforeAll(() => { throw new Error('no') }); test('a', () => {})",
  'is-no-program.test.ts': 'this is none',
}

let folder = ''
beforeAll(() => {
  // Below the repository, where vitest is found.
  folder = mkdtempSync(join(REPO, 'node_modules', '.stella-report-'))
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, name), `import { beforeAll, test } from 'vitest'\n${text}\n`)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('each file that failed is named, whether in a test, before its tests or as a whole', () => {
  const report = join(folder, 'report.json')
  const vitest = join(REPO, 'node_modules/vitest/vitest.mjs')
  const config = join(folder, 'vitest.config.mjs')
  writeFileSync(config, 'export default { test: { include: ["*.test.ts"] } }')
  const args = [vitest, 'run', '--root', folder, '--config', config, '--reporter=json']
  const { status } = spawnSync(process.execPath, [...args, `--outputFile=${report}`])
  expect(status).toBe(1)
  const files = readReport(report)
  const failed = failedFiles(files ?? new Map()).map((file) => file.slice(folder.length + 1))
  expect(failed.toSorted()).toEqual([
    'begins-badly.test.ts',
    'fails.test.ts',
    'is-no-program.test.ts',
  ])
  expect(files?.get(join(folder, 'fails.test.ts'))?.failures).toEqual(['b: Error: no'])
  expect(sumOf(files?.values() ?? [])).toEqual({ passed: 2, failed: 3, skipped: 2 })
})

test('where nothing was written there is no report', () => {
  expect(readReport(join(folder, 'none.json'))).toBe(null)
})
