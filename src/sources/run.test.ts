import { expect, it } from 'vitest'
import { runCommand } from './run.ts'

const signal = new AbortController().signal
const options = { signal, maxBytes: 1_000_000 }

it('gives what a program said and how it ended', async () => {
  const result = await runCommand(['sh', '-c', 'echo out; echo err >&2; exit 3'], options)
  expect(result).toEqual({
    outcome: 'exited',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
    truncated: false,
  })
})

it('passes arguments as they are, without a shell', async () => {
  const result = await runCommand(['printf', '%s', '$(id); "x" *'], options)
  expect(result.stdout).toBe('$(id); "x" *')
})

it('says that there is no such program', async () => {
  expect((await runCommand(['stella-test-no-such-program'], options)).outcome).toBe('missing')
})

it('ends a program that says too much, with what was read until then', async () => {
  const result = await runCommand(['yes'], { ...options, maxBytes: 100_001 })
  expect(result.truncated).toBe(true)
  expect(result.stdout).toHaveLength(100_001)
})

it('ends a program that takes too long', async () => {
  const started = Date.now()
  const result = await runCommand(['sleep', '30'], { ...options, signal: AbortSignal.timeout(100) })
  expect(result.outcome).toBe('aborted')
  expect(Date.now() - started).toBeLessThan(10_000)
})
