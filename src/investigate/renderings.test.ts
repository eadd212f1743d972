import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { kill, NOW, oomReport, seen } from '../../test/support/incident.ts'
import { observed } from '../../test/support/world.ts'
import type { Observation } from '../model/evidence.ts'
import type { HostState } from '../model/facts.ts'
import type { OomReport } from '../model/kernel.ts'
import { readFiles } from '../sources/files/index.ts'
import { byTime, fileOf, mergeRenderings } from './renderings.ts'

function rendering(
  file: string,
  at: number | null,
  change: Partial<OomReport> = {},
): Observation<OomReport> {
  return { ...seen(oomReport(change), at), from: `${file}:1` }
}

function booted(bootAt: number): Observation<HostState> {
  return seen({
    kind: 'host-state',
    bootAt,
    kernelVersion: null,
    vmstat: new Map(),
    pressure: null,
    sysctls: new Map(),
  })
}

const BOOT = NOW - 100_000

describe('renderings of one kill', () => {
  test.each(['own-limit', 'hostile-names'])(
    'as the machine’s own tools wrote them are as many kills as one of them shows: %s',
    async (name) => {
      const folder = join(REPO, 'fixtures/kernel-log')
      const files = ['dmesg.txt', 'dmesg-T.txt', 'dmesg.json', 'kmsg.txt'].map((end) =>
        join(folder, `${name}.${end}`),
      )
      const one = observed(await readFiles(files.slice(0, 1)), 'kernel-oom')
      const all = observed(await readFiles(files), 'kernel-oom')
      expect(all.length).toBe(files.length * one.length)
      const { reports } = mergeRenderings(all, [])
      expect(reports.length).toBe(one.length)
      expect(reports.map(({ fact }) => fact.kills[0]?.name)).toEqual(
        mergeRenderings(one, []).reports.map(({ fact }) => fact.kills[0]?.name),
      )
    },
  )

  test('are one report, with the clock of the one and the boot time of the other', () => {
    const { reports, clock } = mergeRenderings(
      [
        rendering('dmesg', null, { bootSeconds: 100.5 }),
        rendering('dmesg-T', NOW),
        rendering('journal', NOW + 456),
      ],
      [],
    )
    expect(reports).toHaveLength(1)
    expect(reports[0]?.at, 'a time with its fraction of a second').toBe(NOW + 456)
    expect(reports[0]?.fact.bootSeconds).toBe(100.5)
    expect(clock.bootAt).toBe(NOW + 456 - 100_500)
  })

  test('the fullest of them is kept', () => {
    const cut = { stat: new Map<string, number>(), processes: [], missing: ['tasks'] as const }
    const { reports } = mergeRenderings(
      [rendering('syslog', NOW, cut), rendering('kern.log', NOW)],
      [],
    )
    expect(reports[0]?.fact.processes).toHaveLength(1)
    expect(reports[0]?.from).toBe('kern.log:1')
  })

  test('two kills alike in one file are two', () => {
    const twice = (file: string) => [rendering(file, NOW), rendering(file, NOW + 60_000)]
    expect(mergeRenderings(twice('dmesg'), []).reports).toHaveLength(2)
    expect(mergeRenderings([...twice('a'), ...twice('b')], []).reports).toHaveLength(2)
  })

  test('another victim, or another size of it, is another kill', () => {
    const others = [kill(4321, 'app', 97), kill(4322, 'app', 98)]
    const reports = others.map((one, index) => rendering(`log-${index}`, NOW, { kills: [one] }))
    expect(mergeRenderings([rendering('dmesg', NOW), ...reports], []).reports).toHaveLength(3)
  })
})

describe('boot time and clock', () => {
  const undated = (bootSeconds: number, pid: number) =>
    rendering('dmesg', null, { bootSeconds, kills: [kill(pid, 'app', pid)] })

  test('one rendering that has both dates all the others', () => {
    const anchor = [rendering('dmesg', null, { bootSeconds: 100 }), rendering('journal', NOW + 1)]
    const { reports } = mergeRenderings([...anchor, undated(160, 7)], [])
    expect(reports.map(({ at }) => at)).toEqual([NOW + 1, NOW + 60_001])
  })

  test('else the machine’s own word counts, else nothing is dated', () => {
    expect(mergeRenderings([undated(100, 7)], [booted(BOOT)]).reports[0]?.at).toBe(NOW)
    expect(mergeRenderings([undated(100, 7)], []).reports[0]?.at).toBeNull()
  })

  test('two boots in one pile of logs date nothing by one another', () => {
    const both = (bootSeconds: number, at: number, pid: number) => [
      rendering('dmesg', null, { bootSeconds, kills: [kill(pid, 'app', pid)] }),
      rendering('journal', at, { kills: [kill(pid, 'app', pid)] }),
    ]
    const bootAt = (apart: number): number | null =>
      mergeRenderings([...both(100, NOW, 7), ...both(100, NOW + apart, 8)], []).clock.bootAt
    expect(bootAt(5 * 60_000)).not.toBeNull()
    expect(bootAt(5 * 60_000 + 1)).toBeNull()
  })
})

test('reports are told oldest first, by clock or by boot time', () => {
  const dated = [rendering('a', NOW + 5), rendering('b', NOW)]
  expect(dated.toSorted(byTime).map(({ at }) => at)).toEqual([NOW, NOW + 5])
  const since = [9, 3].map((bootSeconds) => rendering('a', null, { bootSeconds }))
  expect(since.toSorted(byTime).map(({ fact }) => fact.bootSeconds)).toEqual([3, 9])
})

test('the file of a line', () => {
  expect(fileOf('logs/kern.log:120')).toBe('logs/kern.log')
  expect(fileOf('C:12:7')).toBe('C:12')
  expect(fileOf('dmesg')).toBe('dmesg')
})
