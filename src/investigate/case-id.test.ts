import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import type { Case } from '../model/case.ts'
import { judgement, NOW, task } from '../../test/support/incident.ts'
import { recordedCase } from '../../test/support/recorded.ts'
import { readFiles } from '../sources/files/index.ts'
import { caseId } from './case-id.ts'
import { investigate } from './investigate.ts'

test('is short and always of one form', () => {
  expect(caseId(judgement())).toMatch(/^c_[0-9a-f]{16}$/)
})

test('is the same from whatever rendering of the kernel log it was read', async () => {
  const renderings = ['dmesg.txt', 'dmesg-T.txt', 'kmsg.txt', 'journal.export', 'journal.json']
  const ids = await Promise.all(
    renderings.map(async (end) => (await recordedCase(`kernel-log/own-limit.${end}`)).id),
  )
  expect(new Set(ids).size).toBe(1)
})

test('is another for each incident', async () => {
  const world = await readFiles([join(REPO, 'fixtures/edge-cases/44-false-global-oom')])
  const ids = investigate(world, null, { all: true }).map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(1)
  expect(new Set(ids).size).toBe(ids.length)
})

function idWith(change: Partial<Case>): string {
  return caseId(judgement([], change))
}

test('does not hang on words, on causes or on when a dated kill was read', () => {
  const { verdict } = judgement()
  const same: Partial<Case>[] = [
    { at: NOW + 1 },
    { at: null },
    { unknown: ['journal'] },
    { verdict: { ...verdict, summary: 'in other words', confidence: 'possible' } },
  ]
  expect(new Set(same.map(idWith))).toEqual(new Set([caseId(judgement())]))
  expect(caseId(judgement(['leak']))).toBe(caseId(judgement()))
})

test('hangs on who, on what, where and on whom', () => {
  const { verdict, subject, binding } = judgement()
  const others: Partial<Case>[] = [
    {},
    { subject: { ...subject, id: 'other' } },
    { subject: { ...subject, platform: 'podman' } },
    { verdict: { ...verdict, code: 'oom-host' } },
    { binding: { ...binding, path: '/other' } },
    { victims: [task(4322, 'app', 98)] },
    { victims: [task(4321, 'app', 97)] },
  ]
  expect(new Set(others.map(idWith)).size).toBe(others.length)
})

test('without a victim the time tells two ends of one container apart', () => {
  const ended = (at: number): string => idWith({ victims: [], at })
  expect(ended(NOW)).toBe(ended(NOW))
  expect(ended(NOW)).not.toBe(ended(NOW + 1))
})
