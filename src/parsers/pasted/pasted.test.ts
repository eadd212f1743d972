import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Observation } from '../../model/evidence.ts'
import { formatFor } from '../recognise.ts'
import { pastedFormat } from './index.ts'

const format = pastedFormat(formatFor)
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/cgroup/${name}`, import.meta.url), 'utf8')
const GROUP = expect.stringMatching(/^\/docker\/[0-9a-f]{64}$/)

function parse(text: string): Observation[] {
  expect(format.recognise(text, 'notes.txt')).toBe(true)
  return format.parse(text, { from: 'notes.txt', readAt: null, source: null })
}

test('the output of tail over a whole group is one group, with its path', () => {
  const seen = parse(fixture('v1-pasted.txt'))
  expect(seen.map(({ fact }) => fact)).toMatchObject([
    {
      kind: 'cgroup-state',
      version: 1,
      path: GROUP,
      limitBytes: 33_554_432,
      oomControl: { oomKill: 1 },
    },
  ])
  expect(seen[0]?.from).toBe('notes.txt:1')
})

test('names without a folder are one group whose path nobody knows', () => {
  const facts = parse(fixture('v1-pasted-relative.txt')).map(({ fact }) => fact)
  expect(facts).toMatchObject([{ kind: 'cgroup-state', path: null, limitBytes: 33_554_432 }])
})

test('the output of grep is read too', () => {
  const facts = parse(fixture('v1-grepped.txt')).map(({ fact }) => fact)
  expect(facts).toMatchObject([{ path: GROUP, limitBytes: 33_554_432, oomControl: { oomKill: 1 } }])
})

test('two groups and a process in one paste are three things', () => {
  const text = [
    'root@node1:~# cat /sys/fs/cgroup/a/memory.max',
    '1000',
    '$ cat /sys/fs/cgroup/b/memory.max',
    'max',
    '# /proc/77/oom_score_adj',
    '-997',
    '--- /proc/sys/vm/panic_on_oom',
    '1',
  ].join('\n')
  expect(parse(text).map(({ fact, from }) => [fact.kind, from])).toEqual([
    ['host-state', 'notes.txt:7'],
    ['cgroup-state', 'notes.txt:1'],
    ['cgroup-state', 'notes.txt:3'],
    ['process-state', 'notes.txt:5'],
  ])
})

test('a diff, a page and YAML documents are no collection of files', () => {
  expect(format.recognise('--- a/src/x.ts\n+++ b/src/x.ts\n@@ -1 +1 @@\n-a\n+b\n', 'x.diff')).toBe(
    false,
  )
  expect(format.recognise('# Memory\n\n# Limits\ntext\n', 'notes.md')).toBe(false)
  expect(format.recognise('---\na: 1\n---\nb: 2\n', 'x.yaml')).toBe(false)
})

test('a paste inside of a paste comes to an end', () => {
  const text = '==> a/memory.max <==\n1\n==> b/notes.txt <==\n--- /c/memory.max\n2\n'.repeat(50)
  expect(parse(text).length).toBeGreaterThan(0)
})

test('a ticket with the outputs of several commands is read whole, with its own lines', () => {
  const log = readFileSync(
    new URL('../../../fixtures/guest/6.12/own-limit/kernel.log', import.meta.url),
    'utf8',
  )
  const ticket = [
    'Hi, our app died, see below.',
    '[root@node1 ~]# dmesg | tail -60',
    log,
    'root@node1:~# docker events --since 1h',
    `2026-11-21T07:42:37.871355765Z container die ${'a'.repeat(64)} (exitCode=137, image=i, name=web)`,
    'root@node1:~# cat /sys/fs/cgroup/own-limit/memory.events',
    'low 0\nhigh 0\nmax 53\noom 1\noom_kill 1',
  ].join('\n')
  const seen = parse(ticket)
  const lines = ticket.split('\n')
  const lineOf = (kind: string): string => {
    const from = seen.find(({ fact }) => fact.kind === kind)?.from ?? ''
    return lines[Number(from.replace('notes.txt:', '')) - 1] ?? ''
  }
  expect(lineOf('kernel-oom')).toContain('invoked oom-killer')
  expect(lineOf('container-event')).toContain('container die')
  expect(lineOf('cgroup-state')).toContain('memory.events')
})

test('a terminal is told by its prompt, and what a command printed by its content', () => {
  const inspect = readFileSync(
    new URL('../../../fixtures/docker/inspect-oom.json', import.meta.url),
    'utf8',
  )
  const seen = parse(`ops@node1:~$ docker inspect web\n${inspect}\nops@node1:~$ echo done\ndone\n`)
  expect(seen).toMatchObject([
    { from: 'notes.txt:3', fact: { kind: 'container-state', name: 'rec-oom' } },
  ])
})

test.each(['root@host:~# dmesg\n', '==> /sys/fs/cgroup/memory.max <==\n'])(
  'empty lines by the hundred thousand are passed in no time, behind %j',
  (first) => {
    const before = process.cpuUsage()
    parse(`${first}${'\n'.repeat(200_000)}x\n${first}1048576\n`)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000_000, 'seconds').toBeLessThan(3)
  },
)
