import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { formatFor } from '../recognise.ts'
import { readKubeletSettings } from './kubelet-settings.ts'

const ORIGIN = { from: 'configz.json', readAt: null, source: null }
const FIXTURES = new URL('../../../fixtures/kubernetes/v1.34-cgroup2/', import.meta.url)

function recorded(scene: string): string {
  return readFileSync(new URL(`${scene}/configz.json`, FIXTURES), 'utf8')
}

it('reads what a kubelet runs with', () => {
  const text = recorded('throttled')
  expect(formatFor(text, 'configz.json')?.id).toBe('kubelet-configz')
  expect(readKubeletSettings(JSON.parse(text), 'node-v2', ORIGIN)?.fact).toEqual({
    kind: 'kubelet-settings',
    node: 'node-v2',
    swapBehavior: 'LimitedSwap',
    singleProcessOomKill: null,
    throttlingFactor: 0.9,
    evictions: [{ kind: 'hard', set: '50%', bytes: null, percent: 50, grace: null }],
  })
})

it('takes what is not set for what the kubelet does then', () => {
  const settings = readKubeletSettings(JSON.parse(recorded('no-swap')), null, ORIGIN)
  expect(settings?.fact).toMatchObject({
    swapBehavior: 'NoSwap',
    singleProcessOomKill: true,
    // A factor is there, and the feature is off.
    throttlingFactor: null,
    evictions: [{ set: '100Mi', bytes: 100 * 1024 ** 2, percent: null }],
  })
})

it('reads a soft threshold with the time that it has to last', () => {
  const kubeletconfig = {
    evictionHard: { 'nodefs.available': '10%' },
    evictionSoft: { 'memory.available': '500Mi' },
    evictionSoftGracePeriod: { 'memory.available': '1m30s' },
  }
  expect(readKubeletSettings({ kubeletconfig }, null, ORIGIN)?.fact.evictions).toEqual([
    { kind: 'soft', set: '500Mi', bytes: 500 * 1024 ** 2, percent: null, grace: '1m30s' },
  ])
})

it('a share that no number can hold is none', () => {
  const kubeletconfig = { evictionHard: { 'memory.available': `${'9'.repeat(400)}%` } }
  expect(readKubeletSettings({ kubeletconfig }, null, ORIGIN)?.fact.evictions).toMatchObject([
    { bytes: null, percent: null },
  ])
})

it.each([null, {}, { kubeletconfig: null }, { kind: 'Status', code: 403 }])(
  'an answer that is none says nothing: %j',
  (answer) => {
    expect(readKubeletSettings(answer, null, ORIGIN)).toBeNull()
  },
)
