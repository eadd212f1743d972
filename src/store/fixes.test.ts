import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FixRecord, FixTarget } from '../model/fix.ts'
import { fixStore } from './fixes.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-fixes-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const WEB = { kind: 'container', engine: 'docker', name: 'web' } as const

function record(
  number: number,
  fields: Partial<FixRecord> = {},
  target: FixTarget = WEB,
): FixRecord {
  return {
    id: `fix-${String(number).padStart(4, '0')}`,
    state: 'undone',
    subject: { platform: 'docker', name: 'web', id: null, image: null },
    caseId: null,
    remedyId: null,
    layer: 'container',
    change: { kind: 'environment', set: { MODE: 'two' } },
    plan: {
      platform: 'docker',
      target,
      method: 'recreate',
      title: '',
      risk: 'low',
      warnings: [],
      changes: [],
      diff: '',
      steps: [
        { id: 'a', says: '', command: null, data: { env: ['A=1', { deep: [null, 1.5, true] }] } },
      ],
      workload: { image: null, imageId: null, command: [] },
    },
    at: number,
    appliedAt: null,
    endedAt: null,
    begun: [],
    done: [],
    problem: null,
    ...fields,
  }
}

it('gives back what was written, newest first, and by target', () => {
  const store = fixStore(folder)
  expect(store.list()).toEqual([])
  const db = { ...WEB, name: 'db' }
  for (const one of [record(1), record(2, {}, db), record(3)]) store.create(one, [])
  expect(store.list()).toEqual([record(3), record(2, {}, db), record(1)])
  expect(store.newestFor({ name: 'web', engine: 'docker', kind: 'container' })?.id).toBe('fix-0003')
  expect(store.newestFor(db)?.id).toBe('fix-0002')
  expect(store.newestFor({ kind: 'host' })).toBeNull()
  store.write(record(1, { state: 'applied' }))
  expect(store.read('fix-0001')?.state).toBe('applied')
})

it('keeps the last ones, and those that are not over however old they are', () => {
  const store = fixStore(folder, 3)
  store.create(record(1, { state: 'stuck' }), [])
  for (const number of [2, 3, 4, 5, 6]) store.create(record(number), [])
  const ids = store.list().map(({ id }) => id)
  expect(ids).toEqual(['fix-0006', 'fix-0005', 'fix-0004', 'fix-0001'])
})

it.each(['', '{', '[]', '{"id":"fix-0001"}', 'null'])(
  'reads a broken record as none: %s',
  (text) => {
    const store = fixStore(folder)
    store.create(record(1), [])
    writeFileSync(join(folder, 'fixes', 'fix-0001', 'record.json'), text)
    expect(store.read('fix-0001')).toBeNull()
    expect(store.list()).toEqual([])
  },
)

it('reads nothing outside of its folder', () => {
  expect(fixStore(folder).read('../../etc')).toBeNull()
  expect(fixStore(folder).read('fix-/../x')).toBeNull()
})

it('says where it cannot write', () => {
  writeFileSync(join(folder, 'file'), '')
  const store = fixStore(join(folder, 'file'))
  expect(() => store.create(record(1), [])).toThrow(/cannot be written down/)
  expect(existsSync(join(folder, 'file', 'fixes'))).toBe(false)
})
