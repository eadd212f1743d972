import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoGuest } from '../../scripts/guest/guest.ts'
import { getKernel, KERNELS, type KernelName } from '../../scripts/guest/kernels.ts'
import { playScenarios, type Played } from '../../scripts/guest/play.ts'
import { scenariosOf } from '../../scripts/guest/scenarios.ts'
import { expectAnswer } from './expect-answer.ts'

// Real kills on other kernels with cgroup v2; `stella why` runs in the guest, while the group is there.
for (const { name } of KERNELS)
  describe.skipIf(await cannotBoot(name))(`stella why on kernel ${name}, cgroup v2`, () => {
    let output = ''
    let played: readonly Played[] = []

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      played = (await playScenarios(name, output)).played
    })
    afterAll(() => rmSync(output, { recursive: true }))

    test.each(scenariosOf(name))('$name: $says', (scenario) => {
      const found = played.find((entry) => entry.scenario.name === scenario.name)
      if (found === undefined) throw new Error('the scenario was not played')
      expect(found.failure).toBeNull()
      expectAnswer(found.answer, scenario.expect, scenario.expect.live)
    })
  })

/** Says so where the guest cannot run; under CI that is a failure. */
async function cannotBoot(name: KernelName): Promise<boolean> {
  const reason = whyNoGuest() ?? (await whyNoKernel(name))
  if (reason === null) return false
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.warn(`skipped: kernel ${name}: ${reason}`)
  return true
}

async function whyNoKernel(name: KernelName): Promise<string | null> {
  try {
    await getKernel(name)
    return null
  } catch (error) {
    return `needs a kernel from Debian: ${String(error).split('\n')[0]}`
  }
}
