import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endWorkers } from './stuck-workers.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-stuck-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a worker in a loop without an end is ended, and the loop is named', async () => {
  const program = join(folder, 'loop.js')
  writeFileSync(program, 'function endless() { for (;;); }\nconsole.log("on"); endless()\n')
  const worker = spawn(process.execPath, [program, 'vitest/dist/workers'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(worker.stdout, 'data')
  const ended = once(worker, 'exit')
  const told = await endWorkers(process.pid)
  expect(told).toContain(`worker ${worker.pid}: `)
  expect(told).toMatch(/at endless \(file:.*loop\.js:1\)/)
  expect(await ended).toEqual([null, 'SIGKILL'])
})
