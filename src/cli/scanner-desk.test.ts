import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stella } from '../../test/support/command-line.ts'
import { startScanner, withToken } from '../../test/support/scanner.ts'
import type { TestScanner } from '../../test/support/scanner.ts'
import { openEmbedded } from '../store/database/open.ts'

const TOKEN = 'a-token-of-24-characters'

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-desk-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

function limit(args: readonly string[], env: Record<string, string> = {}) {
  return stella(['scanner', 'config', 'get', 'worker.memory_limit', '--quiet', ...args], { env })
}

function serves(place: unknown): void {
  writeFileSync(join(data, 'serve.json'), `${JSON.stringify(place)}\n`)
}

describe('with a server', () => {
  let scanner: TestScanner
  let url = ''
  let closed = ''
  beforeAll(async () => {
    scanner = await startScanner()
    url = await scanner.serve()
    closed = await scanner.serve({ access: withToken(TOKEN) })
    await scanner.desk.set('worker.memory_limit', '7Gi', 'ann')
  }, 60_000)
  afterAll(() => scanner.end())

  it('asks the one that is named', async () => {
    expect(await limit(['--server', url])).toMatchObject({ code: 0, out: '7Gi\n' })
    expect(await limit([], { STELLA_SERVER: url })).toMatchObject({ code: 0, out: '7Gi\n' })
  })

  it('shows its token', async () => {
    const file = join(data, 'token')
    writeFileSync(file, `${TOKEN}\n`)
    const asked = ['--server', closed]
    expect(await limit([...asked, '--token-file', file])).toMatchObject({ code: 0, out: '7Gi\n' })
    expect(await limit(asked, { STELLA_TOKEN: TOKEN })).toMatchObject({ code: 0, out: '7Gi\n' })
    expect(await limit(asked)).toMatchObject({
      code: 3,
      err: expect.stringContaining('without its token'),
    })
  })

  it('asks the one that runs on the data folder', async () => {
    serves({ pid: process.pid, url })
    expect(await limit(['--data', data])).toMatchObject({ code: 0, out: '7Gi\n' })
    expect(await limit([], { STELLA_DATA: data })).toMatchObject({ code: 0, out: '7Gi\n' })
  })

  it('asks none that is gone, and opens the database', async () => {
    serves({ pid: 2 ** 22 + 1, url })
    expect(await limit(['--data', data])).toMatchObject({ code: 0, out: '4Gi\n' })
    serves({ pid: process.pid, url: 'http://127.0.0.1:1/' })
    expect(await limit(['--data', data])).toMatchObject({ code: 0, out: '4Gi\n' })
    serves('nonsense')
    expect(await limit(['--data', data])).toMatchObject({ code: 0, out: '4Gi\n' })
  })
})

describe('with the database of a data folder', () => {
  it('keeps what is done from one command to the next', async () => {
    const scanner = (...args: readonly string[]) => stella(['scanner', ...args, '--data', data])
    expect((await scanner('config', 'set', 'worker.memory_limit', '8Gi')).code).toBe(0)
    const submitted = await scanner('jobs', 'submit', 'dir:/nowhere', '--quiet')
    expect(submitted.code).toBe(0)
    const { code, out } = await scanner('jobs', 'show', submitted.out.trim())
    expect([code, out]).toEqual([0, expect.stringMatching(/^queued {2}dir:\/nowhere\n/)])
    expect((await limit(['--data', data])).out).toBe('8Gi\n')
  })

  it('waits for nothing that cannot come', async () => {
    const scanner = (...args: readonly string[]) => stella(['scanner', ...args, '--data', data])
    const submit = await scanner('jobs', 'submit', 'a:1', '--wait')
    expect(submit).toMatchObject({ code: 2, err: expect.stringContaining("start 'stella serve'") })
    const follow = await scanner('logs', '--follow')
    expect(follow).toMatchObject({
      code: 3,
      err: expect.stringContaining("no 'stella serve' runs"),
    })
    expect((await scanner('jobs', 'list')).out).toBe('There are no jobs yet.\n')
  })

  it('says who has it open', async () => {
    const database = await openEmbedded(data, 0)
    const { code, err } = await limit(['--data', data])
    await database.close()
    expect([code, err]).toEqual([3, expect.stringContaining('has the database open')])
  })
})

it.each([
  [['--server', 'stella.example.com'], {}, '--server: '],
  [[], { STELLA_SERVER: 'file:///etc' }, 'STELLA_SERVER: '],
  [['--database', 'mysql://x'], {}, '--database: '],
])('refuses %j with %j', async (args, env, where) => {
  const { code, err } = await limit(args, env)
  expect([code, err]).toEqual([2, expect.stringContaining(`stella: ${where}`)])
})
