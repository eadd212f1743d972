import { expect, it } from 'vitest'
import { finds, stella } from '../../../../test/support/command-line.ts'
import { sampleCase } from '../../../../test/support/sample-case.ts'
import {
  sampleDesk,
  sampleFix,
  samplePlan,
  sampleVerification,
} from '../../../../test/support/sample-fix.ts'
import type { Variables } from '../../context.ts'
import type { Verification, VerificationOrder } from '../../../verification/follow.ts'

async function verify(args: readonly string[], result: Verification['result'] = 'holds') {
  const orders: VerificationOrder[] = []
  const answer = await stella(['verify', ...args], {
    engine: {
      ...finds([sampleCase()]),
      fixes: () =>
        sampleDesk([
          sampleFix(),
          sampleFix({ id: 'fix-20260501-100000-000-0000', state: 'undone' }),
        ]),
      verify: async (order) => {
        orders.push(order)
        const ok = result === 'holds' ? true : result === 'fails' ? false : null
        const check = { name: 'running', ok, actual: 'what is', expected: 'what should be' }
        return sampleVerification({ result, checks: [check] })
      },
    },
  })
  return { ...answer, order: orders[0] }
}

it.each([
  ['holds', 0],
  ['fails', 1],
  ['not-yet', 4],
] as const)('%s ends with %i', async (result, expected) => {
  const { code, out } = await verify(['docker:web', '--json'], result)
  expect(code).toBe(expected)
  expect(JSON.parse(out)).toMatchObject({
    schema: 'stella.verify/1',
    result,
    checks: [{ name: 'running', actual: 'what is', expected: 'what should be' }],
    since: '2026-05-01T11:00:00.000Z',
    until: '2026-05-01T11:01:00.000Z',
  })
})

it('a target and the id of a fix lead to the same', async () => {
  const { id } = sampleFix()
  const byTarget = await verify(['docker:web'])
  const byId = await verify([id])
  for (const { order } of [byTarget, byId]) {
    expect(order).toMatchObject({
      target: { kind: 'container', engine: 'docker', name: 'web' },
      fix: { id },
      windowMs: 60_000,
      now: false,
      probe: null,
    })
  }
})

it('a pod is asked of the cluster that one names', async () => {
  const seen: (Variables | undefined)[] = []
  const args = ['verify', 'k8s:shop/cart-0', '--kubeconfig', 'FILE', '--context', 'prod']
  await stella(args, {
    engine: (variables) => {
      seen.push(variables)
      return { ...finds([sampleCase()]), fixes: () => sampleDesk([]) }
    },
  })
  expect(seen).toContainEqual({ KUBECONFIG: 'FILE', STELLA_KUBE_CONTEXT: 'prod' })
})

it('says first whether it holds, and shows what was expected where it does not', async () => {
  const { out } = await verify(['docker:web'], 'fails')
  expect(out).toMatch(/^It does not hold /)
  expect(out).toMatch(/FAIL running: what is\n +expected: what should be/)
  expect(out).toMatch(/\n\nWhat happened to it: stella why docker:web\n$/)
})

it('says that nothing was changed where no fix of it is applied', async () => {
  const { out } = await stella(['verify', 'docker:web'], {
    engine: {
      ...finds([sampleCase()]),
      fixes: () => sampleDesk([]),
      verify: async () => sampleVerification(),
    },
  })
  expect(out).toMatch(/\nNo fix of it is applied: this is how it stands/)
})

it('takes a window and a probe', async () => {
  const { order } = await verify([
    'docker:web',
    '--for',
    '10m',
    '--now',
    '--probe-http',
    'http://localhost:1/x',
  ])
  expect(order).toMatchObject({
    windowMs: 600_000,
    now: true,
    probe: { kind: 'http', url: 'http://localhost:1/x' },
  })
  const command = await verify(['docker:web', '--probe-command', "redis-cli -p 1 'ping me'"])
  expect(command.order?.probe).toEqual({
    kind: 'command',
    argv: ['redis-cli', '-p', '1', 'ping me'],
  })
})

it.each([
  [['docker:web', '--probe-http', 'file:///etc/passwd'], 2],
  [['docker:web', '--probe-http', 'http://a', '--probe-command', 'b'], 2],
  [['docker:web', '--probe-http', 'http://user:hidden@a/'], 2],
  [['docker:web', '--probe-command', "curl 'x"], 2],
  [['docker:web', '--probe-command', ' '], 2],
  [['docker:web', '--for', 'soon'], 2],
  [['fix-20260501-100000-000-0000'], 2],
  [['fix-20260501-090000-000-ffff'], 3],
])('%j ends with %i and one line', async (args, expected) => {
  const { code, err, order } = await verify(args)
  expect(code).toBe(expected)
  expect(err.trim().split('\n')).toHaveLength(1)
  expect(order).toBeUndefined()
})

it('pods that were replaced have other names: one of them is to be named', async () => {
  const target = { kind: 'pod', namespace: 'shop', pod: 'web-abc-x2x4x', container: null } as const
  const fix = sampleFix({ plan: samplePlan({ target, method: 'recreate' }) })
  const { code, err } = await stella(['verify', fix.id], {
    engine: { fixes: () => sampleDesk([fix]) },
  })
  expect(code).toBe(2)
  expect(err).toContain('stella verify k8s:shop/POD')
})
