import { join } from 'node:path'
import { describe, test } from 'vitest'
import { call } from '../../scripts/guest/call.ts'
import { KERNELS } from '../../scripts/guest/kernels.ts'
import { scenariosOf } from '../../scripts/guest/scenarios.ts'
import { REPO } from '../../scripts/lib/repo.ts'
import { expectAnswer } from '../guest/expect-answer.ts'

// Incidents recorded in guests (scripts/guest/record.ts), judged from their files alone.
describe.each(KERNELS)('stella why --from, recorded on kernel $name', ({ name: kernel }) => {
  test.each(scenariosOf(kernel))(
    '$name: $says',
    async ({ name, groups, target, expect: truth }) => {
      const bundle = join(REPO, 'fixtures/guest', kernel, name)
      // Where there are several groups, whose fate it is must be said: the verdict is another one for each.
      const about = groups.length > 1 ? [target] : []
      const answer = await call('why', ...about, '--from', bundle, '--json')
      expectAnswer(answer, truth, truth.recorded)
    },
  )
})
