import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { openCaseJournal } from '../../store/cases.ts'
import type { WatchEntry } from '../../store/cases.ts'
import { stellaWatch } from './stella-watch.ts'

let dataFolder = ''
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'stella-doctor-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }))

function entry(what: WatchEntry['what'], source: string | null = null, says = ''): WatchEntry {
  return { kind: 'watch', at: NOW, what, source, says }
}

it('warns where nobody ever watched', async () => {
  expect(await checked(stellaWatch, {}, { dataFolder })).toMatchObject({
    status: 'warn',
    todo: expect.stringContaining('start stella watch'),
  })
})

it('passes while one watches, and fails from its end on', async () => {
  const journal = openCaseJournal(dataFolder, { now: () => NOW })
  journal.append([entry('started')])
  expect(await checked(stellaWatch, {}, { dataFolder })).toMatchObject({ status: 'pass' })
  journal.append([entry('blind', 'kmsg', '/dev/kmsg cannot be read')])
  expect(await checked(stellaWatch, {}, { dataFolder })).toMatchObject({
    status: 'warn',
    says: '/dev/kmsg cannot be read',
  })
  journal.close()
  expect(await checked(stellaWatch, {}, { dataFolder })).toMatchObject({
    status: 'fail',
    evidence: { openGaps: [expect.anything(), expect.anything()] },
  })
})
