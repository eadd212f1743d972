import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { exec } from '../../scripts/lib/exec.ts'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { evidenceOf } from './truth.ts'

const Answer = z.object({
  schema: z.literal('stella.case/1'),
  verdict: z.object({ code: z.string(), mainProcessDied: z.nullable(z.boolean()) }),
})

function why(folder: string, ...more: string[]): ReturnType<typeof exec> {
  const from = evidenceOf(folder).flatMap((path) => ['--from', path])
  return exec(process.execPath, [LAUNCHER, 'why', ...more, ...from, '--json'])
}

test.each([
  ['01-own-limit', [], 'oom-own-limit', true],
  ['03-child-killed-main-lives', ['docker:web'], 'oom-own-limit', false],
  ['08-pod-limit-sibling-victim', [], 'oom-ancestor-limit', true],
  ['22-v1-oom-kill-disabled', [], 'hung-at-limit', false],
  ['39-exec-child-killed-then-stop', ['docker:db'], 'killed-not-memory', true],
])('stella why --from %s', async (folder, target, code, mainProcessDied) => {
  const answer = await why(folder, ...target)
  expect(answer.stderr).toBe('')
  expect(answer.exitCode).toBe(0)
  expect(Answer.parse(JSON.parse(answer.stdout)).verdict).toMatchObject({ code, mainProcessDied })
})

test('137 and nothing else is inconclusive: exit 4', async () => {
  const answer = await why('47-log-gone')
  expect(answer.exitCode).toBe(4)
  expect(Answer.parse(JSON.parse(answer.stdout)).verdict.code).toBe('killed-unknown')
})
