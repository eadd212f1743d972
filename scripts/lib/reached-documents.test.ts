import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stella } from '../../test/support/command-line.ts'
import { neverReached, REACHED_FOLDER } from './reached-documents.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-reached-'))
  vi.stubEnv(REACHED_FOLDER, folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

it('names the schemas that no answer of a run was held against', async () => {
  const all = neverReached(folder)
  await stella(['completion', 'bash', '--json'])
  expect(all).toContain('stella.completion-1.schema.json')
  expect(neverReached(folder)).toEqual(
    all.filter((schema) => schema !== 'stella.completion-1.schema.json'),
  )
})
