import { describe, expect, test } from 'vitest'
import { parseTarget } from '../cli/target.ts'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Observation } from '../model/evidence.ts'
import {
  cgroupState,
  containerState,
  ID,
  podContainer,
  podState,
  seen,
} from '../../test/support/incident.ts'
import { joinSubjects } from './join/join.ts'
import { chooseSubjects } from './targets.ts'

const OTHER_ID = 'abcdef'.padEnd(64, '1')
const POD_ID = 'bada55'.padEnd(64, '2')

const CART = seen(
  podState({
    containers: [
      podContainer({ containerId: POD_ID }),
      podContainer({ name: 'proxy', containerId: null }),
    ],
  }),
)

const WORLD: readonly Observation[] = [
  seen(containerState({ id: ID, name: 'web' })),
  seen(containerState({ id: OTHER_ID, name: 'worker', engine: 'podman' })),
  CART,
  seen(cgroupState({ path: '/system.slice/backup.service', pids: [7] })),
  seen({
    kind: 'mesos-task',
    taskId: 'eater.1',
    app: '/batch/eater',
    state: 'TASK_FAILED',
    reason: null,
    requestedBytes: null,
    maxUsedBytes: null,
    containerId: null,
    host: null,
    memoryLimitExceeded: true,
    startedAt: null,
    exitCode: null,
    signal: null,
  }),
]

function chosen(text: string, observations = WORLD): readonly string[] {
  const target = parseTarget(text)
  const subjects = joinSubjects({ observations, unknown: [] }, target)
  return chooseSubjects(subjects, target).map(
    ({ record: { subject } }) => `${subject.platform}:${subject.name ?? subject.id}`,
  )
}

function refusal(text: string, observations = WORLD): StellaError {
  try {
    chosen(text, observations)
  } catch (error) {
    if (error instanceof StellaError) return error
    throw error
  }
  throw new Error(`${text} was accepted`)
}

describe('a target names', () => {
  test.each([
    ['docker:web', ['docker:web']],
    [`docker:${ID.slice(0, 12)}`, ['docker:web']],
    ['podman:worker', ['podman:worker']],
    ['k8s:shop/cart-0', ['kubernetes:shop/cart-0/app', 'kubernetes:shop/cart-0/proxy']],
    ['k8s:shop/cart-0/proxy', ['kubernetes:shop/cart-0/proxy']],
    ['marathon:/batch/eater', ['marathon:/batch/eater']],
    ['cgroup:/system.slice/backup.service', ['cgroup:/system.slice/backup.service']],
  ])('%s', (target, subjects) => {
    expect(chosen(target)).toEqual(subjects)
  })

  test.each([
    ['web', ['docker:web']],
    [OTHER_ID.slice(0, 8), ['podman:worker']],
    ['cart-0', ['kubernetes:shop/cart-0/app', 'kubernetes:shop/cart-0/proxy']],
    ['proxy', ['kubernetes:shop/cart-0/proxy']],
    ['backup.service', ['cgroup:/system.slice/backup.service']],
  ])('the bare name %s', (target, subjects) => {
    expect(chosen(target)).toEqual(subjects)
  })

  test('the host is everybody on it', () => {
    expect(chosen('host').length).toBeGreaterThanOrEqual(6)
  })
})

describe('a target that is not in the evidence', () => {
  test.each(['docker:worker', 'podman:web', 'k8s:prod/cart-0', 'docker:we', 'marathon:/batch'])(
    '%s',
    (target) => {
      expect(refusal(target).exitCode).toBe(EXIT.unreachable)
    },
  )

  test('is answered with what is', () => {
    expect(refusal('docker:nobody').line).toMatch(
      /holds nothing about docker:nobody; it knows .*docker:web.*podman:worker/,
    )
  })

  test('three digits of an id are too few', () => {
    expect(chosen('docker:c0ff')).toEqual(['docker:web'])
    expect(refusal('docker:c0f').exitCode).toBe(EXIT.unreachable)
  })
})

describe('a bare name of two things', () => {
  const two = [
    seen(containerState({ id: ID, name: 'web' })),
    seen(containerState({ id: OTHER_ID, name: 'web', engine: 'podman' })),
  ]

  test('is refused with both', () => {
    const error = refusal('web', two)
    expect(error.exitCode).toBe(EXIT.usage)
    expect(error.message).toBe('web is ambiguous: docker:web, podman:web')
  })

  test('is chosen by its prefix', () => {
    expect(chosen('podman:web', two)).toEqual(['podman:web'])
  })
})
