import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { usageByPod } from './usage.ts'

const containers = [
  { name: 'app', bytes: 30 * MIB },
  { name: 'side', bytes: 10 * MIB },
]

test.each([
  { workingSetBytes: 41 * MIB, usage: 41 * MIB, when: 'the pod as a whole is told' },
  { workingSetBytes: null, usage: 40 * MIB, when: 'only its containers are told' },
  { workingSetBytes: 0, usage: 40 * MIB, when: 'it is so young that nothing is told of the whole' },
])('$when: a pod uses $usage bytes', ({ workingSetBytes, usage }) => {
  const pod = { namespace: 'shop', name: 'web', at: null, containers, workingSetBytes }
  expect(usageByPod([pod]).get('shop/web')).toBe(usage)
})
