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

it.each([
  ['--marathon', 'me:hunter2@marathon:8080', 'http://HOST:8080'],
  ['--mesos-agent', 'agent-1:5051', 'http://HOST:5051'],
])('%s that is no address is told by its name, and without what was written', async (...said) => {
  const [option, address, example] = said
  // A variable of the same meaning is not what was wrong.
  const env = { STELLA_MARATHON_URL: 'http://a:8080' }
  const { code, err } = await stella(['why', 'marathon:/shop/cart', option, address], { env })
  expect(code).toBe(2)
  expect(err).toContain(`${option}: this is no address; write it as ${example}`)
  expect(err).not.toContain(address)
})
