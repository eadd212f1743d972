import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KERNELS } from '../../scripts/guest/kernels.ts'
import { playScenarios, type Played } from '../../scripts/guest/play.ts'
import { scenariosOf } from '../../scripts/guest/scenarios.ts'
import { cannotBoot } from './cannot-boot.ts'
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
