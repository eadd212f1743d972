import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import { subjectSeen, wish } from '../../test/support/pressed.ts'
import { MIB } from '../model/bytes.ts'
import { refuseWithoutMeans } from './means.ts'
import { planExperiment } from './plan.ts'
import type { Wish } from './plan.ts'

const subject = subjectSeen()
const planOf = (pressure: Wish['pressure']) => planExperiment(subject, wish({ pressure }))
const taking = (memory: 'anonymous' | 'page-cache', bytes = MIB) =>
  planOf({ kind: 'memory', memory, amount: { bytes }, placement: null })
const GROUP = { [`${subject.folder}/cgroup.procs`]: '' }

it('whoever may not write the group is told so before anything is begun', () => {
  using reader = fakeReader()
  const lower = planOf({ kind: 'limit', amount: { percent: 50 } })
  for (const plan of [lower, taking('anonymous')]) {
    expect(() => refuseWithoutMeans(plan, reader.root, reader)).toThrow(
      expect.objectContaining({ exitCode: 3, where: expect.stringContaining(subject.folder) }),
    )
  }
  using own = fakeReader({ files: GROUP })
  expect(() => refuseWithoutMeans(taking('anonymous'), own.root, own)).not.toThrow()
})

it('a file in memory is no page cache, and no disk is filled', () => {
  using reader = fakeReader({ files: GROUP })
  const memory = mkdtempSync(join('/dev/shm', 'stella-test-'))
  try {
    expect(() => refuseWithoutMeans(taking('page-cache'), memory, reader)).toThrow(
      'in memory itself',
    )
  } finally {
    rmSync(memory, { recursive: true })
  }
  const huge = taking('page-cache', 2 ** 55)
  expect(() => refuseWithoutMeans(huge, import.meta.dirname, reader)).toThrow(
    'too little for a file',
  )
})
