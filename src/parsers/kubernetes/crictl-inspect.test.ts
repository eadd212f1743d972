import { expect, it } from 'vitest'
import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'

const TEXT = fixture('crictl-inspect.hand-written.json')
const MIB = 1024 ** 2

it('of a pod’s container tells its end, its limit and how often it had been started', () => {
  const [pod] = factsOf(readKubernetes(TEXT), 'pod-state')
  expect(pod).toMatchObject({ namespace: 'shop', name: 'cart-0' })
  expect(pod?.containers).toMatchObject([
    {
      name: 'app',
      restartCount: 3,
      memoryLimitBytes: 128 * MIB,
      state: { phase: 'terminated', reason: 'OOMKilled', exitCode: 137 },
    },
  ])
})

it('finds the limit in the runtime’s own spec where the status has none', () => {
  const older = TEXT.replace('"memoryLimitInBytes": "134217728"', '"cpuQuota": "0"').replace(
    '"pid": 0',
    '"pid": 0, "runtimeSpec": { "linux": { "resources": { "memory": { "limit": 67108864 } } } }',
  )
  const [pod] = factsOf(readKubernetes(older), 'pod-state')
  expect(pod?.containers[0]?.memoryLimitBytes).toBe(64 * MIB)
})

it('of one that runs has no end', () => {
  const running = TEXT.replace('CONTAINER_EXITED', 'CONTAINER_RUNNING').replace('137', '0')
  const [pod] = factsOf(readKubernetes(running), 'pod-state')
  expect(pod?.containers[0]?.state).toMatchObject({ phase: 'running', exitCode: null })
})

it('of a container that is in no pod is none', () => {
  expect(readKubernetes(TEXT.replace('io.kubernetes.pod.name', 'name'))).toEqual([])
})
