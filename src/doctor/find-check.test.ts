import { expect, test } from 'vitest'
import { checkNamed } from './find-check.ts'

test.each([
  ['check.scanner.memory-usage', 'check.scanner.memory-usage'],
  ['scanner.memory-usage', 'check.scanner.memory-usage'],
  ['check.scanner.resources', 'check.scanner.memory-usage'],
])('%s is %s', (text, id) => {
  expect(checkNamed(text).id).toBe(id)
})

test.each([
  ['check.scanner.memory', 'did you mean check.scanner.memory-usage?'],
  ['worker-health', 'did you mean check.scanner.worker-health?'],
  ['Timeouts', 'did you mean check.scanner.timeout-rate?'],
  ['check.scanner', 'lists all of them'],
  ['', 'lists all of them'],
])('%s is none, and the answer leads on: %s', (text, hint) => {
  expect(() => checkNamed(text)).toThrow(
    expect.objectContaining({ exitCode: 2, todo: expect.stringContaining(hint) }),
  )
})
