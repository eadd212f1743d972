import type { Check } from '../check.ts'

export const probe: Check = {
  name: 'probe',
  needed: true,
  judge({ probe: answer }) {
    if (answer === null) return null
    return { ok: answer.ok, actual: answer.says, expected: 'status 2xx, or exit code 0' }
  },
}
