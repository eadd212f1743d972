import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))

test('a program of Node runs where no Node is on the path, and ends with what runs it', async () => {
  const running = promisify(execFile)(
    process.execPath,
    [PROGRAM, 'runs=node,-p,"batch 1 of 2"', 'beat'],
    { env: { PATH: '/nowhere' }, timeout: 20_000 },
  )
  await expect(running).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^batch 1 of 2$/m),
  })
})
