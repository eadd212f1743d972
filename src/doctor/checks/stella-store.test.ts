import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { NOW } from '../../../test/support/command-line.ts'
import { openCaseJournal } from '../../store/cases.ts'
import { stellaStore } from './stella-store.ts'

it('skips a folder that nobody has used, and does not make it', async () => {
  expect(await checked(stellaStore, {}, { dataFolder: '/nowhere/stella' })).toMatchObject({
    status: 'skip',
    says: 'nothing is kept in /nowhere/stella yet',
  })
})

it('tells the room that is left, and lines that cannot be read', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'stella-doctor-'))
  try {
    const journal = openCaseJournal(dataFolder, { now: () => NOW })
    journal.append([{ kind: 'watch', at: NOW, what: 'started', source: null, says: '' }])
    journal.close()
    const whole = await checked(stellaStore, {}, { dataFolder })
    expect(whole.evidence).toMatchObject({ damagedLines: 0, freeBytes: expect.any(Number) })
    const [segment = ''] = readdirSync(join(dataFolder, 'cases')).filter((name) =>
      name.endsWith('.jsonl'),
    )
    appendFileSync(join(dataFolder, 'cases', segment), 'no entry\n')
    const damaged = await checked(stellaStore, {}, { dataFolder })
    expect(damaged).toMatchObject({
      says: expect.stringContaining('1 line of the journal cannot be read'),
      evidence: { damagedLines: 1 },
    })
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
