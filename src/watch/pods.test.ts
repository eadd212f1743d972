import { describe, expect, it } from 'vitest'
import { containerId, podGroup, podObject, POD_UID } from '../../test/support/pods.ts'
import { createPods, placeName, podIdentity } from './pods.ts'

const A = containerId('a')
const B = containerId('b')

function podsWith(...objects: Record<string, unknown>[]) {
  const pods = createPods('node-1')
  for (const object of objects) pods.take(object, 1_000)
  return pods
}

function nameAt(pods: ReturnType<typeof createPods>, path: string): string | null {
  const place = pods.at(path)
  return place === null ? null : placeName(place)
}

describe('whose a memory group is', () => {
  const two = podObject({ containers: ['side', 'app'], ids: { app: A }, endedIds: { app: B } })

  it.each([
    ['a container that runs', podGroup(A), 'shop/cart-0/app'],
    ['one that ended', podGroup(B), 'shop/cart-0/app'],
    [
      'one of a pod with two that nobody has told of yet',
      podGroup(containerId('c')),
      'shop/cart-0',
    ],
    ['the group of the pod itself', podGroup(null), 'shop/cart-0'],
    [
      'what the systemd driver names',
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID.replaceAll('-', '_')}.slice/cri-containerd-${A}.scope`,
      'shop/cart-0/app',
    ],
    [
      'a pod of another node',
      podGroup(A, '00000000-c320-4d94-a8b4-1be260052a40').replace(A, B.replace('b', 'd')),
      null,
    ],
    ['a service', '/system.slice/sshd.service', null],
  ])('%s', (_, path, name) => {
    expect(nameAt(podsWith(two), path)).toBe(name)
  })

  it('the only container of a pod is known before the status tells its id', () => {
    expect(nameAt(podsWith(podObject()), podGroup(A))).toBe('shop/cart-0/app')
  })

  it('a static pod goes by the hash of its file, as the kubelet names its group', () => {
    const hash = 'a9d4296e903834043857e4134a72abff'
    const mirror = podObject({
      metadata: { annotations: { 'kubernetes.io/config.hash': hash } },
      ids: { app: A },
    })
    expect(nameAt(podsWith(mirror), podGroup(B, hash))).toBe('shop/cart-0/app')
  })

  it('a pod that is gone stays known, and what is no pod does no harm', () => {
    const pods = podsWith(podObject({ ids: { app: A } }), {}, { metadata: { name: 7 } })
    for (let each = 0; each < 1_500; each++) {
      pods.take(
        podObject({
          name: `job-${each}`,
          uid: `00000000-0000-4000-8000-${String(each).padStart(12, '0')}`,
        }),
        2_000,
      )
    }
    expect(nameAt(pods, podGroup(A))).toBe('shop/cart-0/app')
    for (let each = 1_500; each < 3_000; each++) {
      pods.take(
        podObject({
          name: `job-${each}`,
          uid: `00000000-0000-4000-8000-${String(each).padStart(12, '0')}`,
        }),
        2_000,
      )
    }
    expect(pods.at(podGroup(A))).toBeNull()
  })
})

describe('who stands behind a pod', () => {
  const owned = (owner: object, labels: object = {}) =>
    podsWith(podObject({ metadata: { ownerReferences: [owner], labels }, ids: { app: A } })).at(
      podGroup(A),
    )?.pod.owner

  it('is what controls it; a ReplicaSet stands for its Deployment', () => {
    expect(owned({ kind: 'StatefulSet', name: 'cart', controller: true })).toBe('StatefulSet/cart')
    expect(
      owned(
        { kind: 'ReplicaSet', name: 'cart-5d8f', controller: true },
        { 'pod-template-hash': '5d8f' },
      ),
    ).toBe('Deployment/cart')
    expect(owned({ kind: 'ReplicaSet', name: 'cart', controller: true })).toBe('ReplicaSet/cart')
    expect(owned({ kind: 'Node', name: 'node-1', controller: false })).toBeNull()
  })
})

it('what is told of a place is who it is, and nothing of how it fares', () => {
  const place = podsWith(podObject({ ids: { app: A }, endedIds: { app: B } })).at(podGroup(A))
  if (place === null) throw new Error('it is known')
  const { says, fact } = podIdentity(place)
  expect(says).toBe('Container app of pod shop/cart-0')
  expect(fact).toMatchObject({
    namespace: 'shop',
    name: 'cart-0',
    phase: null,
    containers: [{ name: 'app', containerId: A, state: null, lastState: null }],
  })
})

describe('waiting for a container', () => {
  it('ends when the API tells of it', async () => {
    const pods = podsWith(podObject())
    const known = pods.known(A, AbortSignal.timeout(20_000))
    pods.take(podObject({ ids: { app: A } }), 2_000)
    await known
    expect(pods.of(A)?.container?.name).toBe('app')
  })

  it('ends when nobody wants to wait any more', async () => {
    const patience = new AbortController()
    const known = podsWith().known(A, patience.signal)
    patience.abort()
    await expect(known).resolves.toBeUndefined()
  })
})
