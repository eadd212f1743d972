import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pressureRecord, subjectSeen, wish } from '../../test/support/pressed.ts'
import type { PressureRecord } from './journal.ts'
import { planExperiment } from './plan.ts'
import { newPressureId, pressureStore } from './records.ts'

describe('what is kept of experiments', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const over = pressureRecord(planExperiment(subjectSeen(), wish()), {
    status: 'completed',
    deviated: false,
  })
  const at = (id: string, fields: Partial<PressureRecord> = {}): PressureRecord => ({
    ...over,
    id,
    ...fields,
  })

  it('is read back as it was written, newest first', () => {
    const store = pressureStore(folder)
    const running = {
      allocator: { pid: 7, startTicks: '8', bootId: 'b', pidNamespace: 'n' },
      leaf: '/sys/fs/cgroup/memory/web/stella-1',
    }
    store.write(at('pressure-1'))
    store.write(at('pressure-2', { left: true, undo: running }))
    expect(store.list()).toEqual([
      at('pressure-2', { left: true, undo: running }),
      at('pressure-1'),
    ])
    expect(store.read('pressure-3')).toBeNull()
    expect(store.read('../../etc')).toBeNull()
  })

  it('has the fields of a journal of Chaos Toolkit', () => {
    expect(Object.keys(over.journal)).toEqual(
      expect.arrayContaining([
        ...['experiment', 'start', 'end', 'duration', 'status', 'deviated'],
        ...['steady_states', 'run', 'rollbacks', 'platform', 'node'],
      ]),
    )
    expect(over.journal).toMatchObject({
      status: 'completed',
      start: '1970-01-01T00:00:00.000Z',
      end: '1970-01-01T00:00:02.000Z',
      duration: 2,
    })
  })

  it('forgets the oldest, but none that is not all taken back', () => {
    const store = pressureStore(folder, 3)
    store.write(at('pressure-1', { left: true }))
    for (const id of ['pressure-2', 'pressure-3', 'pressure-4', 'pressure-5']) store.write(at(id))
    expect(store.list().map(({ id }) => id)).toEqual([
      'pressure-5',
      'pressure-4',
      'pressure-3',
      'pressure-1',
    ])
  })

  it('ids sort by their time', () => {
    const ids = [5, 1_000, 1_700_000_000_000].map((time) => newPressureId(time))
    expect(ids).toEqual(ids.toSorted())
  })
})
