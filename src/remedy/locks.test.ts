import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isRecord } from '../parsers/json-fields.ts'
import { lockTarget } from './locks.ts'

const WEB = { kind: 'container', engine: 'docker', name: 'web' } as const
const claim = { purpose: 'fix-1', at: 0 }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-locks-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('is held by one alone until it is released, target by target', async () => {
  const lock = await lockTarget(folder, WEB, claim)
  await expect(lockTarget(folder, WEB, claim)).rejects.toThrow(
    `process ${process.pid} with fix-1, since 1970-01-01T00:00:00.000Z`,
  )
  ;(await lockTarget(folder, { ...WEB, name: 'db' }, claim)).release()
  lock.release()
  ;(await lockTarget(folder, WEB, claim)).release()
})

it('is got by at most one of many that ask at once', async () => {
  const asked = await Promise.allSettled(
    Array.from({ length: 8 }, () => lockTarget(folder, WEB, claim)),
  )
  expect(asked.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
})

it.each([
  ['whose process is gone', { pid: 2 ** 22 + 1 }],
  ['whose PID is another process by now', { startTicks: '1' }],
  ['from before the machine was started', { bootId: 'earlier' }],
  // Whether one there lives on, the kernel tells: see lock.test.ts.
  ['that has ended in another PID namespace', { pidNamespace: 'pid:[1]', pid: 2 ** 22 + 1 }],
])('of an owner %s counts for nothing', async (_label, change) => {
  leave(await owner(), change)
  const lock = await lockTarget(folder, WEB, claim)
  const owners = readdirSync(join(folder, 'locks')).filter((name) => name.endsWith('.lock'))
  expect(owners).toHaveLength(1)
  lock.release()
})

it('of an owner that is dead and not yet waited for counts for nothing', async () => {
  // The shell becomes another program, which never waits for the child that the shell had.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
  try {
    const [output]: unknown[] = await once(parent.stdout, 'data')
    const pid = Number(String(output))
    const statOf = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')
    while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await pause(10)
    process.kill(pid, 'SIGKILL')
    while (statOf()[2] !== 'Z') await pause(10)
    const left = await owner()
    leave(left, { pid, startTicks: statOf()[21] })
    const lock = await lockTarget(folder, WEB, claim)
    expect(readdirSync(join(folder, 'locks'))).not.toContain(left.name)
    lock.release()
  } finally {
    parent.kill('SIGKILL')
  }
})

it('that is no lock is removed', async () => {
  const { name } = await owner()
  writeFileSync(join(folder, 'locks', name), '{"pid": tr')
  ;(await lockTarget(folder, WEB, claim)).release()
  expect(readdirSync(join(folder, 'locks'))).toEqual([])
})

interface Left {
  name: string
  content: Record<string, unknown>
}

/** The file of a real lock that is released again. */
async function owner(): Promise<Left> {
  const lock = await lockTarget(folder, WEB, claim)
  const [name = ''] = readdirSync(join(folder, 'locks'))
  const content: unknown = JSON.parse(readFileSync(join(folder, 'locks', name), 'utf8'))
  lock.release()
  return { name, content: isRecord(content) ? content : {} }
}

function leave({ name, content }: Left, change: Record<string, unknown>): void {
  mkdirSync(join(folder, 'locks'), { recursive: true })
  writeFileSync(join(folder, 'locks', name), JSON.stringify({ ...content, ...change }))
}
