import { expect, it } from 'vitest'
import { sampleCase } from '../../../test/support/sample-case.ts'
import type { Case } from '../../model/case.ts'
import { readRunbook } from '../document/read-runbook.ts'
import { matchOf } from './match.ts'

const book = (id: string, about: string) =>
  readRunbook(`---\nid: ${id}\n${about}\n---\n# ${id}\n`, `${id}.md`).runbook

const SHELF = [
  book('container-oom', 'alerts: [ContainerOOMKill]\ncases: ["verdict == oom-own-limit"]'),
  book('docker-java', 'cases: ["verdict == oom-own-limit && runtime == java", "image == never"]'),
  book('off-heap', 'cases: ["causes.off-heap && runtime == java && scope == container"]'),
  book('metaspace', 'cases: ["match(/Metaspace/)"]'),
  book('node-loop', 'alerts: [ContainerOOMKill, ContainerOOMLoop]'),
  book('worker-leak', 'cases: ["component == scanner && cause == leak"]'),
  book('unit', 'cases: ["platform == systemd && limitBytes < 1Gi"]'),
]

function matched(change: Partial<Case> | null, alert: string | null = null): string | null {
  const found = change === null ? null : sampleCase(change)
  return matchOf(SHELF, { alert, case: found })?.runbook.id ?? null
}

const sample = sampleCase()
const java = { ...sample, victims: sample.victims.map((victim) => ({ ...victim, name: 'java' })) }
const limit = { ...sample.binding, scope: 'container' as const }
const offHeap = {
  code: 'off-heap' as const,
  confidence: 'likely' as const,
  summary: '',
  because: [],
}
const quiet = { ...sample.verdict, code: 'exited' as const }

it.each<[string, Partial<Case>, string | null]>([
  ['the only one', {}, 'container-oom'],
  ['the more particular', { victims: java.victims }, 'docker-java'],
  [
    'the most particular, by a cause that is not the first',
    { victims: java.victims, binding: limit, causes: [...sample.causes, offHeap] },
    'off-heap',
  ],
  ['none', { verdict: quiet }, null],
  ['the one for its words', { verdict: { ...quiet, summary: 'Metaspace' } }, 'metaspace'],
])('a case opens %s', (_, change, expected) => {
  expect(matched(change)).toBe(expected)
})

it('the group of a unit, and that of a worker of the scanner, are known as such', () => {
  const at = (name: string): Partial<Case> => ({
    subject: { platform: 'cgroup', name, id: name, image: null },
    verdict: quiet,
    binding: { ...limit, limitBytes: 2 ** 29 },
  })
  const leak = { ...offHeap, code: 'leak' as const }
  const worker = '/user.slice/stella-scanner-4026531836-911/large-images-2'
  expect(matched(at('/system.slice/shop.service'))).toBe('unit')
  expect(matched({ ...at(worker), causes: [leak] })).toBe('worker-leak')
  expect(matched({ ...at('/batch/large-images-2'), causes: [leak] })).toBeNull()
})

it('an alert opens the one that names it, unless its case says more', () => {
  expect(matched(null, 'ContainerOOMLoop')).toBe('node-loop')
  expect(matched({ verdict: quiet }, 'ContainerOOMLoop')).toBe('node-loop')
  expect(matched({ victims: java.victims }, 'ContainerOOMLoop')).toBe('docker-java')
  expect(matched(null, 'Other')).toBeNull()
})

it('of several the others are named', () => {
  expect(matchOf(SHELF, { alert: 'ContainerOOMKill', case: null })).toMatchObject({
    runbook: { id: 'container-oom' },
    others: ['node-loop'],
  })
})
