import { expect, test } from 'vitest'
import { CHECKS } from './checks/index.ts'
import { checksNamed } from './find-check.ts'

test.each([
  ['check.scanner.memory-usage', 'check.scanner.memory-usage'],
  ['scanner.memory-usage', 'check.scanner.memory-usage'],
  ['check.scanner.resources', 'check.scanner.memory-usage'],
])('%s is %s', (text, id) => {
  expect(checksNamed(text).map((check) => check.id)).toEqual([id])
})

test.each(['check.scanner', 'scanner', 'host', 'stella'])('%s names a group', (text) => {
  const found = checksNamed(text)
  expect(found.length).toBeGreaterThan(1)
  expect(found).toEqual(CHECKS.filter(({ id }) => id.split('.')[1] === text.replace('check.', '')))
})

test.each([
  ['check.scanner.memory', "did you mean 'check.scanner.memory-usage'?"],
  ['memory', "did you mean 'check.scanner.memory-usage' or 'check.host.memory'?"],
  ['worker-health', "did you mean 'check.scanner.worker-health'?"],
  ['Timeouts', "did you mean 'check.scanner.timeout-rate'?"],
  ['check.scanner.nothing', 'lists all of them'],
  ['', 'lists all of them'],
])('%s is none, and the answer leads on: %s', (text, hint) => {
  expect(() => checksNamed(text)).toThrow(
    expect.objectContaining({ exitCode: 2, todo: expect.stringContaining(hint) }),
  )
})

test('no two checks have the same name', () => {
  const names = CHECKS.flatMap(({ id, aliases = [] }) => [id, ...aliases])
  expect(new Set(names).size).toBe(names.length)
})
