import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ContainerStats } from '../../model/facts.ts'
import type { TextFormat } from '../format.ts'
import { printedSize } from './printed-size.ts'
import { statsJsonFormat } from './stats-json.ts'
import { statsTableFormat } from './stats-table.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8')
const MIB = 1024 ** 2

function stats(format: TextFormat, text: string): ContainerStats[] {
  expect(format.recognise(text, 'stats')).toBe(true)
  const origin = { from: 'stats', readAt: null, source: null }
  return format
    .parse(text, origin)
    .flatMap(({ fact }) => (fact.kind === 'container-stats' ? [fact] : []))
}

test('the Engine API gives bytes, the peak of cgroup v1, and memory.stat', () => {
  const text = fixture('docker/stats-api.json')
  const [sample] = stats(statsJsonFormat, text)
  expect(sample).toMatchObject({ name: 'rec-exec', limitBytes: 32 * MIB, maxUsageBytes: 32 * MIB })
  expect(sample?.stat.get('hierarchical_memory_limit')).toBe(32 * MIB)
  const [seen] = statsJsonFormat.parse(text, { from: 'x', readAt: null, source: null })
  expect(seen?.at).not.toBeNull()
})

test('docker prints binary units, podman decimal ones', () => {
  const docker = stats(statsTableFormat, fixture('docker/stats.txt'))
  expect(docker.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
    ['rec-child', 32 * MIB],
    ['rec-exec', 32 * MIB],
    ['rec-kill', 64 * MIB],
  ])
  const podman = stats(statsTableFormat, fixture('podman/stats.txt'))
  expect(podman.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
    ['rec-child', 33_550_000],
    ['rec-kill', 67_110_000],
    ['rec-exec', 33_550_000],
  ])
  expect(stats(statsJsonFormat, fixture('podman/stats-cli.json')).map(({ name }) => name)).toEqual([
    'rec-child',
    'rec-kill',
  ])
})

test('a container that is gone is not said to use nothing', () => {
  const gone = '{"Container":"c","ID":"3d5ec8a0430f","MemUsage":"0B / 0B","Name":"c","PIDs":"0"}'
  expect(stats(statsJsonFormat, gone)).toEqual([])
})

test('a size or a count below nothing is not known', () => {
  const memory_stats = {
    usage: -1,
    limit: -1,
    max_usage: -1,
    failcnt: -1,
    stats: { rss: -1, cache: 7 },
  }
  expect(stats(statsJsonFormat, JSON.stringify({ id: 'c', memory_stats }))).toEqual([])
  const used = { ...memory_stats, usage: 4096 }
  expect(stats(statsJsonFormat, JSON.stringify({ id: 'c', memory_stats: used }))).toMatchObject([
    { usageBytes: 4096, limitBytes: null, maxUsageBytes: null, failcnt: null },
  ])
})

test('a table that a terminal was showing is read in spite of its escape sequences', () => {
  const [header = '', row = ''] = fixture('docker/stats.txt').split('\n')
  const shown = `\u001b[2J\u001b[H${header}\n${row}\n\u001b[2J\u001b[H${header}\n${row}\n`
  expect(stats(statsTableFormat, shown)).toHaveLength(2)
})

test.each([
  ['600KiB', 614_400],
  ['1.5GiB', 1_610_612_736],
  ['233.5kB', 233_500],
  ['0B', 0],
  ['--', null],
  ['12 apples', null],
])('%s is %s bytes', (text, bytes) => {
  expect(printedSize(text)).toBe(bytes)
})
