import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { Question } from '../../model/question.ts'
import { ask } from './ask.ts'

const SMAPS: Question = { kind: 'file', id: 'map', path: 'smaps', maxBytes: 100 }
const ENVIRONMENT: Question = { kind: 'environment', id: 'env', names: ['NODE_OPTIONS'] }
const signal = AbortSignal.timeout(10_000)

function files(state: string): Record<string, string> {
  return {
    'proc/7/task/7/stat': `7 (app) ${state} 1 7 7 0`,
    'proc/7/smaps': '00400000-00401000 r-xp',
    'proc/7/environ': 'PASSWORD=secret\0NODE_OPTIONS=--max-old-space-size=200\0NODE_OPTIONS_X=1\0',
  }
}

it('gives the variables that were asked for, and no other', async () => {
  using reader = fakeReader({ files: files('S') })
  expect(await ask(reader, 7, ENVIRONMENT, signal)).toEqual({
    pid: 7,
    id: 'env',
    ok: true,
    text: 'NODE_OPTIONS=--max-old-space-size=200',
    truncated: false,
  })
})

it('does not hang with a process that hangs in the kernel', async () => {
  using reader = fakeReader({ files: files('D') })
  expect(await ask(reader, 7, SMAPS, signal)).toMatchObject({ ok: true })
  for (const [name, question] of [
    ['smaps', SMAPS],
    ['environ', ENVIRONMENT],
  ] as const) {
    // A pipe that nobody writes to holds up its reader just as the kernel's lock does.
    const pipe = join(reader.root, 'proc/7', name)
    rmSync(pipe)
    execFileSync('mkfifo', [pipe])
    const answer = await ask(reader, 7, question, signal)
    expect(answer).toMatchObject({ ok: false, why: expect.stringContaining('hangs in the kernel') })
  }
})

it('says what is missing', async () => {
  using reader = fakeReader()
  expect(await ask(reader, 7, SMAPS, signal)).toMatchObject({
    ok: false,
    why: '/proc/7/smaps does not exist',
  })
})
