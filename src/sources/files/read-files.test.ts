import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StellaError } from '../../model/errors.ts'
import type { World } from '../../model/evidence.ts'
import type { FactKind } from '../../model/facts.ts'
import { readFiles } from './index.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures', import.meta.url))
const OWN_LIMIT = join(FIXTURES, 'guest/6.12/own-limit')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function kinds(world: World): FactKind[] {
  return [...new Set(world.observations.map(({ fact }) => fact.kind))].toSorted((a, b) =>
    a.localeCompare(b),
  )
}

describe('a folder of evidence', () => {
  test('is read as a whole: kernel log, cgroup, machine and exit status', async () => {
    const world = await readFiles([OWN_LIMIT])
    expect(kinds(world)).toEqual([
      'cgroup-state',
      'exit-status',
      'host-memory',
      'host-state',
      'kernel-log-coverage',
      'kernel-oom',
    ])
    expect(world.unknown).toEqual([])
    const group = world.observations.find(({ fact }) => fact.kind === 'cgroup-state')
    expect(group).toMatchObject({
      from: join(OWN_LIMIT, 'own-limit'),
      fact: { path: '/own-limit' },
    })
  })

  test('may lie on the way of a real hierarchy, which then gives the path', async () => {
    const group = join(folder, 'sys/fs/cgroup/kubepods.slice/pod1.slice')
    mkdirSync(group, { recursive: true })
    writeFileSync(join(group, 'memory.max'), '1048576\n')
    const world = await readFiles([folder])
    expect(world.observations.map(({ fact }) => fact)).toMatchObject([
      { kind: 'cgroup-state', path: '/kubepods.slice/pod1.slice', limitBytes: 1_048_576 },
    ])
  })

  test('keeps two states of one group apart, and two processes', async () => {
    for (const name of ['cg', 'cg-60s'])
      cpSync(join(FIXTURES, 'cgroup/v1-child-killed'), join(folder, name), { recursive: true })
    cpSync(join(FIXTURES, 'proc/v1/proc'), join(folder, 'proc-60s'), { recursive: true })
    const world = await readFiles([folder])
    expect(
      world.observations.filter(({ fact }) => fact.kind === 'cgroup-state').map(({ from }) => from),
    ).toEqual([join(folder, 'cg'), join(folder, 'cg-60s')])
    expect(world.observations.filter(({ fact }) => fact.kind === 'process-state')).toHaveLength(1)
  })

  test('says nothing through its README, and names what it does not know', async () => {
    writeFileSync(
      join(folder, 'README.md'),
      'Out of memory: Killed process 1 (app) total-vm:1kB, anon-rss:1kB\n',
    )
    writeFileSync(
      join(folder, 'truth.json'),
      '{\n "why": "java.lang.OutOfMemoryError: Java heap space"\n}\n',
    )
    writeFileSync(join(folder, 'nothing.txt'), '')
    const world = await readFiles([folder])
    expect(world).toEqual({
      observations: [],
      unknown: [
        `not recognised: ${join(folder, 'truth.json')}`,
        `empty: ${join(folder, 'nothing.txt')}`,
      ],
    })
  })
})

describe('a file', () => {
  const inspect = readFileSync(join(FIXTURES, 'docker/inspect-oom.json'))

  test.each([
    ['plain', inspect],
    ['gzip', gzipSync(inspect)],
    ['zstd', zstdCompressSync(inspect)],
    [
      'gzip in two members',
      Buffer.concat([gzipSync(inspect.subarray(0, 500)), gzipSync(inspect.subarray(500))]),
    ],
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), inspect])],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${inspect.toString()}`, 'utf16le')],
    ['CRLF', Buffer.from(inspect.toString().replaceAll('\n', '\r\n'))],
  ])('is known by its content, not by its name: %s', async (_name, bytes) => {
    const path = join(folder, 'upload')
    writeFileSync(path, bytes)
    const world = await readFiles([path])
    expect(world.unknown).toEqual([])
    expect(world.observations).toMatchObject([
      { from: `${path}:2`, fact: { name: 'rec-oom', exitCode: 137 } },
    ])
  })

  test('packed under the name of a cgroup file is that file', async () => {
    writeFileSync(join(folder, 'memory.max.gz'), gzipSync('4096\n'))
    const world = await readFiles([join(folder, 'memory.max.gz')])
    expect(world.observations).toMatchObject([{ fact: { kind: 'cgroup-state', limitBytes: 4096 } }])
  })

  test('and folders can be named in any mix, one twice too, and - is standard input', async () => {
    const events = join(FIXTURES, 'docker/events.txt')
    const stdin = Readable.from([Buffer.from('exit '), Buffer.from('137\n')])
    const world = await readFiles([events, OWN_LIMIT, events, '-'], { stdin })
    expect(kinds(world)).toContain('container-event')
    expect(kinds(world)).toContain('kernel-oom')
    expect(world.observations.filter(({ from }) => from === `${events}:1`)).toHaveLength(1)
    expect(world.observations.find(({ from }) => from === '-:1')?.fact).toMatchObject({
      exitCode: 137,
    })
  })

  test('that does not exist is out of reach, with what to do', async () => {
    const path = join(folder, 'gone.log')
    const error: unknown = await readFiles([path]).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(StellaError)
    expect(error).toMatchObject({ exitCode: 3, where: path })
  })

  test('is shown as the user named it', async () => {
    const before = process.cwd()
    try {
      process.chdir(folder)
      writeFileSync('exit.txt', 'exit 1\n')
      mkdirSync('sub')
      writeFileSync('sub/exit.txt', 'exit 2\n')
      const froms = async (path: string) =>
        (await readFiles([path])).observations.map(({ from }) => from)
      expect(await froms('.')).toEqual(['exit.txt:1', 'sub/exit.txt:1'])
      expect(await froms('./sub/')).toEqual(['sub/exit.txt:1'])
      expect(await froms('sub/exit.txt')).toEqual(['sub/exit.txt:1'])
    } finally {
      process.chdir(before)
    }
  })

  test('is found through a link, and a link that leads in a circle or out of the folder is left', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true })
    writeFileSync(join(folder, 'a/exit.txt'), 'exit 3\n')
    symlinkSync('../..', join(folder, 'a/b/up'))
    symlinkSync(FIXTURES, join(folder, 'a/out'))
    symlinkSync('self', join(folder, 'a/self'))
    symlinkSync('exit.txt', join(folder, 'a/code.txt'))
    const world = await readFiles([folder])
    expect(world.observations.map(({ from }) => from)).toEqual([
      `${join(folder, 'a/code.txt')}:1`,
      `${join(folder, 'a/exit.txt')}:1`,
    ])
    expect(world.unknown).toEqual([
      `${join(folder, 'a/self')} could not be read: its symbolic links lead in a circle`,
    ])
  })
})
