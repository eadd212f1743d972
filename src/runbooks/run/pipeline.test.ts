import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/testbed.ts'
import { runPipeline } from './pipeline.ts'
import type { PipelineEnd } from './pipeline.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-pipeline-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(
  programs: readonly (readonly string[])[],
  timeoutMs = 20_000,
  signal = new AbortController().signal,
): Promise<PipelineEnd> {
  return runPipeline(programs, { timeoutMs, signal, env: process.env })
}

describe('a pipeline', () => {
  it('gives the output of the last program, and its exit code', async () => {
    const end = await run([
      ['printf', 'b\\na\\nb\\n'],
      ['sort', '-u'],
    ])
    expect(end).toMatchObject({ outcome: 'exited', exit: 0, stdout: 'a\nb\n', left: 0 })
    expect(await run([['sh', '-c', 'echo no >&2; exit 3']])).toMatchObject({
      exit: 3,
      stderr: 'no\n',
    })
  })

  it('keeps what was there before the others of the pipe took their part of it', async () => {
    const json = '{"size":5,"layers":3}'
    const end = await run([
      ['printf', '%s', json],
      ['grep', '-o', '5'],
    ])
    expect(end).toMatchObject({ stdout: '5\n', source: json })
    expect(await run([['printf', '%s', json]])).toMatchObject({ stdout: json, source: json })
  })

  it('ends one that floods when nobody reads any more', async () => {
    const end = await run([['yes'], ['head', '-n', '2']])
    expect(end).toMatchObject({ outcome: 'exited', exit: 0, stdout: 'y\ny\n' })
  })

  it('keeps the beginning and the end of what is too much, and counts the rest', async () => {
    const end = await run([['seq', '1', '1000000']])
    expect(end.stdout.startsWith('1\n2\n3\n')).toBe(true)
    expect(end.stdout.endsWith('\n1000000\n')).toBe(true)
    expect(end.stdout.length).toBeLessThan(1_100_000)
    const all = Array.from({ length: 1_000_000 }, (_, at) => String(at + 1).length + 1)
    const bytes = all.reduce((sum, each) => sum + each, 0)
    expect(end.left).toBe(bytes - 1024 * 1024)
  })

  it('ends one that hangs, with all that it has started', async () => {
    const pids = join(folder, 'pids')
    const script = `sleep 600 & echo $! > ${pids}; trap '' TERM; wait`
    const end = await run([['sh', '-c', script]], 700)
    expect(end).toMatchObject({ outcome: 'timeout', exit: null })
    expect(end.says).toContain('0.7 s')
    await until('its child is gone', () => !lives(readFileSync(pids, 'utf8').trim()))
  })

  it('leaves no child of one that ended, though it holds the output open', async () => {
    const pids = join(folder, 'pids')
    const end = await run([['sh', '-c', `sleep 600 & echo $! > ${pids}; echo done`]])
    expect(end).toMatchObject({ outcome: 'exited', exit: 0, stdout: 'done\n' })
    await until('its child is gone', () => !lives(readFileSync(pids, 'utf8').trim()))
  })

  it('says which program is not there', async () => {
    const end = await run([['echo', 'x'], ['no-such-program-of-stella']])
    expect(end.outcome).toBe('missing')
    expect(end.says).toContain("'no-such-program-of-stella'")
  })

  it.each([
    ['too long', 'x'.repeat(200_000), 'longer than the kernel takes'],
    ['none', 'a\0b', 'ERR_INVALID_ARG_VALUE'],
  ])('says so where a word is %s, and leaves nobody of the pipe behind', async (_, word, why) => {
    const pids: (number | null)[] = []
    const end = await runPipeline(
      [
        ['sleep', '600'],
        ['cat', word],
      ],
      {
        timeoutMs: 20_000,
        signal: new AbortController().signal,
        env: process.env,
        started: (told) => void pids.push(...told),
      },
    )
    expect(end).toMatchObject({ outcome: 'failed', exit: null })
    expect(end.says).toBe(
      `'cat' cannot be started (${why.startsWith('ERR') ? why : `its words are ${why}`})`,
    )
    expect(pids).toHaveLength(1)
    await until('it is gone', () => pids.every((pid) => !lives(String(pid))))
  })

  it('gives words as they are: no shell ever sees them', async () => {
    const words = ['; touch owned', '$(touch owned)', '`touch owned`', 'a\nb', '-n', '* ?', '| sh']
    const end = await run([['printf', '%s\\0', ...words]])
    expect(end.stdout.split('\0').slice(0, -1)).toEqual(words)
    expect(existsSync('owned')).toBe(false)
  })

  it('ends when somebody wants to leave', async () => {
    const leaving = new AbortController()
    const end = run([['sleep', '600']], 20_000, leaving.signal)
    leaving.abort()
    expect(await end).toMatchObject({ outcome: 'aborted', exit: null })
  })
})

/** A zombie does nothing more. */
function lives(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
