/** Two kills in 42 ms in a container of 48 MiB, as dmesg shows them: the second one when the first victim was at last gone. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { stella } from '../support/command-line.ts'

const LOG = join(REPO, 'fixtures/kernel-log/second-kill.dmesg.txt')
const NOTE =
  '23.9 MiB of 48 MiB were in use when the kernel counted: it had found nothing left, and by then memory had been given back'

test('a kill at a limit that had room again is explained, and the one before it needs no such word', async () => {
  const { code, out } = await stella(['why', '--from', LOG, '--all'], { engine: liveEngine })
  expect(code).toBe(0)
  const [first = '', second = ''] = out
    .replace(/\s+/g, ' ')
    .split("The kernel's OOM killer ended ")
    .slice(1)
  expect(first).toMatch(/^debug \(PID 7201\) because .* reached its own memory limit of 48 MiB\./)
  expect(first).not.toContain('when the kernel counted')
  expect(first).toContain('Its own memory fills its limit of 48 MiB.')
  expect(second).toMatch(/^hog \(PID 7274\) because .* reached its own memory limit of 48 MiB\./)
  expect(second).toContain(NOTE)
  expect(second).toContain('Its own memory had filled its limit of 48 MiB.')
})
