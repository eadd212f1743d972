import { expect, it } from 'vitest'
import { finds, stella } from '../../test/support/command-line.ts'
import { sampleCase } from '../../test/support/sample-case.ts'
import type { Variables } from './context.ts'

it.each([
  ['the option', ['--marathon', 'http://b:8080'], 'http://b:8080'],
  ['the environment', [], 'http://a:8080'],
])('a cluster that %s names is asked', async (_, options, asked) => {
  const seen: Variables[] = []
  await stella(['why', 'marathon:/shop/cart', ...options], {
    env: { MARATHON_URL: 'http://a:8080' },
    engine: (env) => {
      seen.push(env)
      return finds([sampleCase()])
    },
  })
  expect(seen[0]).toEqual({ MARATHON_URL: asked })
})
