import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FORMATS, formatFor, HEAD_BYTES } from './recognise.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url))

/** A constant of a format type, or a function that returns one. */
const DEFINITION = /(?:Text|Stream|Folder)Format (?:= \{|\{\s+return \{)\s+id: '([\w-]+)'/g

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}

function idOf(path: string): string | null {
  return formatFor(readFileSync(path, 'utf8').slice(0, HEAD_BYTES), path)?.id ?? null
}

describe('the list of formats', () => {
  test('names every format that the folders beside it hold, once', () => {
    const defined = below(HERE)
      .filter((path) => path.endsWith('.ts') && !path.includes('.test.'))
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(DEFINITION)])
      .flatMap((match) => match[1] ?? [])
    const listed = FORMATS.map(({ id }) => id)
    expect(new Set(listed)).toEqual(new Set(defined))
    expect(new Set(listed).size).toBe(listed.length)
  })

  test('never fails to decide, and parsing what was decided never fails', () => {
    const path = fc.constantFrom(
      'a',
      'x.log',
      'x.json',
      'cg/memory.max',
      'proc/1/status',
      'PATH',
      'exit.txt',
      'vmstat',
    )
    const start = fc.constantFrom(
      '',
      '{"Id":"a","State":{},"HostConfig":',
      '[{"Action":"die","Actor":{',
      'MemTotal:  1 kB\n',
      '==> memory.max <==\n',
      'apiVersion: v1\nkind: Pod\n',
      'CONTAINER ID   NAME   MEM USAGE / LIMIT\n',
      '# Memory\nused_memory:1\n',
      '{"t":1,"memory.current":',
      'Native Memory Tracking:\nTotal: reserved=1KB, committed=1KB\n',
    )
    fc.assert(
      fc.property(
        path,
        start,
        fc.string({ unit: 'binary', maxLength: 300 }),
        (name, begin, rest) => {
          const format = formatFor(begin + rest, name)
          if (format === null || 'open' in format) return
          for (const seen of format.parse(begin + rest, {
            from: name,
            readAt: null,
            source: null,
          })) {
            expect(seen.from.startsWith(name)).toBe(true)
            expect(seen.excerpt.length).toBeLessThanOrEqual(1_000)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('recorded files', () => {
  test.each([
    ['docker/events.txt', 'container-events-text'],
    ['docker/events.jsonl', 'container-events-json'],
    ['docker/inspect-mixed.json', 'container-inspect'],
    ['docker/stats.txt', 'container-stats-table'],
    ['docker/stats-api.json', 'container-stats-json'],
    ['podman/events.txt', 'container-events-text'],
    ['podman/events.jsonl', 'container-events-json'],
    ['podman/inspect-oom.json', 'container-inspect'],
    ['podman/stats-cli.json', 'container-stats-json'],
    ['cgroup/v1-pasted.txt', 'pasted-files'],
    ['cgroup/v1-grepped.txt', 'pasted-files'],
    ['proc/v1/host.txt', 'host-notes'],
    ['proc/v1/proc/meminfo', 'meminfo'],
    ['proc/v1/proc/vmstat', 'vmstat'],
    ['proc/v1/proc/version', 'host-notes'],
    ['proc/v1/proc/stat', 'host-notes'],
    ['proc/v1/proc/pressure/memory', 'pressure'],
    ['bundles/runtimes/nmt.txt', 'java-native-memory'],
    ['bundles/runtimes/redis-info.txt', 'redis-info'],
    ['kernel-log/own-limit.dmesg.json', 'kernel-log'],
    ['kernel-log/own-limit.journal.json', 'kernel-log'],
  ])('%s is %s', (path, id) => {
    expect(idOf(join(FIXTURES, path))).toBe(id)
  })

  test('every file of a recorded group and of a recorded process is known', () => {
    const group = below(join(FIXTURES, 'cgroup/v1-child-killed'))
    expect(new Set(group.map(idOf))).toEqual(new Set(['cgroup']))
    const process = below(join(FIXTURES, 'proc/v1/proc')).filter((path) => /\/\d+\/\w+$/.test(path))
    expect(process.length).toBeGreaterThan(8)
    expect(new Set(process.map(idOf))).toEqual(new Set(['process']))
  })

  test('a kernel log is one in every recorded scenario of every kernel', () => {
    const logs = below(join(FIXTURES, 'guest')).filter(
      (path) => path.endsWith('kernel.log') && statSync(path).size > 0,
    )
    expect(logs.length).toBeGreaterThan(20)
    expect(new Set(logs.map(idOf))).toEqual(new Set(['kernel-log']))
  })

  test('a nested document that nobody knows is no log, whatever it quotes', () => {
    expect(
      formatFor(
        '{\n "why": "java.lang.OutOfMemoryError: Java heap space",\n "x": "Out of memory: Killed process 1 (a)"\n}\n',
        'notes',
      ),
    ).toBeNull()
  })
})
