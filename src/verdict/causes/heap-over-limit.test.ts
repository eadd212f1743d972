import { expect, test } from 'vitest'
import { containerState, incident, processState, seen } from '../../../test/support/incident.ts'
import { recordedCauses } from '../../../test/support/recorded.ts'
import type { Incident } from '../incident.ts'
import { heapOverLimit } from './heap-over-limit.ts'
import { limitTooLow } from './limit-too-low.ts'

function javaWith(...words: string[]): Incident {
  return incident({ container: seen(containerState({ command: ['java', ...words] })) })
}

test('a heap that may outgrow the limit is the cause, whatever the heap held', () => {
  expect(heapOverLimit.find(javaWith('-Xmx512m', '-jar', 'app.jar'))).toMatchObject({
    confidence: 'certain',
    summary: expect.stringMatching(/-Xmx512m.*512 MiB.*limit is 100 MiB/),
  })
})

test('a heap has to leave a tenth of the limit', () => {
  expect(heapOverLimit.find(javaWith('-Xmx90m'))).not.toBeNull()
  expect(heapOverLimit.find(javaWith('-Xmx89m'))).toBeNull()
})

test('a limit that only the kernel told counts as well, and is not called too low beside it', () => {
  const node = incident({
    processes: [seen(processState({ command: ['node', '--max-old-space-size=400', 'app.js'] }))],
  })
  expect(heapOverLimit.find(node)?.summary).toContain('400 MiB')
  expect(limitTooLow.find(node)).toBeNull()
})

test('without a setting there is nothing to blame', () => {
  expect(heapOverLimit.find(javaWith('-jar', 'app.jar'))).toBeNull()
})

test('a heap above the limit does no harm until something was killed', () => {
  expect(heapOverLimit.find({ ...javaWith('-Xmx512m'), reports: [] })).toBeNull()
})

test('a kill whose Java has no maximum on its command line is not put down to the heap', async () => {
  const causes = await recordedCauses(
    'edge-cases/37-kernel-kill-with-a-runtimes-words',
    'docker:orders',
  )
  expect(causes).not.toContain('heap-over-limit')
})
