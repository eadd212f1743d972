import { expect } from 'vitest'
import * as z from 'zod/mini'
import type { VerdictCode } from '../../src/model/case.ts'
import { EXIT } from '../../src/model/errors.ts'
import type { Expectation } from '../../scripts/guest/scenario.ts'
import type { Said } from '../support/captured-io.ts'

const AnswerJson = z.object({
  schema: z.literal('stella.case/1'),
  verdict: z.object({ code: z.string(), mainProcessDied: z.nullable(z.boolean()) }),
  binding: z.object({ path: z.nullable(z.string()), limitBytes: z.nullable(z.number()) }),
  victims: z.array(z.object({ name: z.nullable(z.string()) })),
})

/** Compares what `stella why --json` said with what is known to have happened. */
export function expectAnswer(
  answer: Said,
  truth: Expectation,
  codes: readonly VerdictCode[],
): void {
  expect.soft(answer.err).toBe('')
  if (codes.length === 0) {
    expect(answer.code).toBe(EXIT.inconclusive)
    return
  }
  expect.soft(answer.code).toBe(EXIT.ok)
  const found = AnswerJson.parse(JSON.parse(answer.out))
  expect(codes).toContain(found.verdict.code)
  expectMainProcess(found.verdict.mainProcessDied, truth.mainProcessDied)
  if (truth.binding !== null) expect.soft(found.binding.path).toBe(truth.binding)
  const victims = found.victims.map(({ name }) => name)
  if (truth.victim === null) expect.soft(victims).toEqual([])
  else expect.soft(victims).toContain(truth.victim)
}

function expectMainProcess(said: boolean | null, truth: Expectation['mainProcessDied']): void {
  if (truth === null) return
  if (truth === 'not-true') expect.soft(said).not.toBe(true)
  else if (truth === 'not-false') expect.soft(said).not.toBe(false)
  else expect.soft(said).toBe(truth)
}
