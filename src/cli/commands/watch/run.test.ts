import { expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'

it.each([
  [['--events', 'kubernetes'], /--events: nobody says which node this is; give its name/],
  [['--events', 'slack'], /'slack' is not one of kubernetes/],
  [['--warn', '90', '--critical', '80'], /--warn is above --critical/],
])('stella watch %j is a wrong call, and begins nothing', async (args, says) => {
  const { code, out, err } = await stella(['watch', ...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(says)
})
