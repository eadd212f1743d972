import { expect, test } from 'vitest'
import { incident, reportOfUsage, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import type { RuntimeOom } from '../../model/facts.ts'
import { dirtyPages } from './dirty-pages.ts'

test('writes that were refused while dirty pages filled the limit', async () => {
  const { causes } = await recordedCase('edge-cases/62-enomem-dirty-pages')
  expect(causes[0]).toMatchObject({ code: 'dirty-pages', confidence: 'likely' })
})

test.each([
  'edge-cases/63-page-cache-at-the-limit',
  'edge-cases/31-dirty-page-cache',
  ...onEveryKernel('page-cache'),
])('page cache that is on disk already is not dirty: %s', async (fixture) => {
  expect(await recordedCauses(fixture)).not.toContain('dirty-pages')
})

test('a quarter of the charge is enough; pages on their way to the disk count', () => {
  const find = (dirty: number, writeback: number) =>
    dirtyPages.find(
      incident({
        reports: [
          seen(reportOfUsage({ anon: 10, file: 80, file_dirty: dirty, file_writeback: writeback })),
        ],
      }),
    )
  expect(find(20, 5)?.summary).toContain('25 MiB of 100 MiB')
  expect(find(20, 4)).toBeNull()
})

test('a refused write alone makes it possible', () => {
  const hint = { hint: 'write-failed', message: 'write: ENOMEM', bytes: null } as const
  const hints = [seen({ kind: 'log-hint', ...hint })]
  expect(dirtyPages.find(incident({ hints }))).toEqual({
    confidence: 'possible',
    summary: expect.stringContaining('ENOMEM'),
    because: hints,
  })
  expect(dirtyPages.find(incident())).toBeNull()
})

test('so does a runtime that says so of a write, and of nothing else', () => {
  const refusal = (area: string) =>
    seen<RuntimeOom>({
      kind: 'runtime-oom',
      runtime: 'node',
      message: 'ENOMEM',
      area,
      fatal: false,
    })
  const write = refusal('write')
  expect(dirtyPages.find(incident({ runtimeOoms: [refusal('heap'), write] }))).toMatchObject({
    confidence: 'possible',
    because: [write],
  })
  expect(dirtyPages.find(incident({ runtimeOoms: [refusal('heap')] }))).toBeNull()
})
