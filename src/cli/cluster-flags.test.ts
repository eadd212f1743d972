import { expect, it } from 'vitest'
import { finds, stella } from '../../test/support/command-line.ts'
import { sampleCase } from '../../test/support/sample-case.ts'
import type { Variables } from './context.ts'

it.each([
  [
    'options',
    ['--marathon', 'http://b:8080', '--mesos-agent', 'http://c:5051'],
    { STELLA_MARATHON_URL: 'http://b:8080', STELLA_MESOS_AGENT_URL: 'http://c:5051' },
  ],
  ['the environment', [], {}],
])('what %s name is asked', async (_, options, more) => {
  const seen: Variables[] = []
  await stella(['why', 'marathon:/shop/cart', ...options], {
    env: { STELLA_MARATHON_URL: 'http://a:8080' },
    engine: (env) => {
      seen.push(env)
      return finds([sampleCase()])
    },
  })
  expect(seen[0]).toEqual({ STELLA_MARATHON_URL: 'http://a:8080', ...more })
})
