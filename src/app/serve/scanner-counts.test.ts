import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openScannerCounts } from './scanner-counts.ts'
import type { ScannerCounts } from './scanner-counts.ts'

let folder = ''
let troubles: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-scanner-counts-'))
  troubles = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(dataFolder = folder): ScannerCounts {
  return openScannerCounts({ dataFolder, onTrouble: (why) => troubles.push(why) })
}

it('goes on where the server before has ended, however it did', () => {
  const first = open()
  first.takeLayers({ hits: 2, misses: 3 })
  first.takeLayers({ hits: 1, misses: 0 })
  first.takeFailure()
  expect(open()).toMatchObject({ hits: 3, misses: 3, failures: 1 })
  expect(troubles).toEqual([])
})

it('begins anew where what is there is damaged, and is whole afterwards', () => {
  const file = join(folder, 'scanner-counters.json')
  writeFileSync(file, '{"schema":"stella.scanner-counts/1","hits":-1')
  const counts = open()
  expect(counts).toMatchObject({ hits: 0, misses: 0, failures: 0 })
  counts.takeFailure()
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ failures: 1 })
})

it('counts on where nothing can be written, and says so', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const counts = open(join(file, 'below'))
  counts.takeFailure()
  expect(counts.failures).toBe(1)
  expect(troubles).toEqual([
    expect.stringMatching(/^the counters of the scanner could not be written: /),
  ])
})
