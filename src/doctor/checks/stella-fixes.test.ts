import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { sampleFix } from '../../../test/support/sample-fix.ts'
import type { FixRecord } from '../../model/fix.ts'
import { fixStore } from '../../store/fixes.ts'
import { stellaFixes } from './stella-fixes.ts'

const HOUR_MS = 3_600_000
let dataFolder = ''
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'stella-doctor-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }))

function found(change: Partial<FixRecord>, hours = 0) {
  const record = sampleFix(change)
  fixStore(dataFolder).create(record, [])
  return checked(stellaFixes, { now: record.at + hours * HOUR_MS }, { dataFolder })
}

it('passes where all that was changed is whole', async () => {
  expect(await checked(stellaFixes, {}, { dataFolder })).toMatchObject({ status: 'skip' })
  expect(await found({ state: 'applied' })).toMatchObject({
    status: 'pass',
    says: '1 fix is in force, and none is half-made',
  })
})

it('fails of one that is stuck, with the command that takes it back', async () => {
  expect(await found({ state: 'stuck', problem: 'the disk is full' })).toMatchObject({
    status: 'fail',
    says: expect.stringContaining('is stuck half-way: the disk is full'),
    todo: 'stella fix --undo fix-20260501-110000-000-abcd',
  })
})

it('warns of one that nobody ended, and not of one that is being made', async () => {
  expect(await found({ state: 'applying' })).toMatchObject({ status: 'pass' })
  expect(await found({ state: 'applying' }, 2)).toMatchObject({ status: 'warn' })
})
