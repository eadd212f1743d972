import { describe, expect, it } from 'vitest'
import { answerJson, apiServer } from '../../../test/support/api-server.ts'
import { EMPTY_CLUSTER, finds, stella } from '../../../test/support/command-line.ts'
import { sampleCase } from '../../../test/support/sample-case.ts'
import type { Target } from '../../model/subject.ts'
import type { Variables } from '../context.ts'

/** What stella is asked about for a command line of kubectl, and with which variables. */
async function asked(args: readonly string[], env: Record<string, string> = {}) {
  const seen: { target?: Target; env?: Variables } = {}
  const said = await stella(['kubectl', ...args], {
    env,
    engine: (variables) => {
      seen.env = variables
      const found = finds([sampleCase()])
      return {
        ...found,
        collect: async (target) => {
          seen.target = target
          return { world: { observations: [], unknown: [] }, target }
        },
      }
    },
  })
  return { ...said, ...seen }
}

/** What a command that looks at a whole cluster is given. */
async function surveyedBy(args: readonly string[], env: Record<string, string>) {
  const seen: { env?: Variables; surveyed: boolean } = { surveyed: false }
  await stella(['kubectl', ...args], {
    env,
    engine: (variables) => ({
      surveyCluster: async () => {
        seen.env = variables
        seen.surveyed = true
        return EMPTY_CLUSTER
      },
    }),
  })
  return seen
}

const pod = (namespace: string, name: string, container: string | null = null): Target => ({
  kind: 'pod',
  namespace,
  pod: name,
  container,
})

describe('a pod, as people of kubectl name it', () => {
  it.each<[string[], Target]>([
    [['why', 'shop/cart-0'], pod('shop', 'cart-0')],
    [['why', 'shop/cart-0/app'], pod('shop', 'cart-0', 'app')],
    [['why', 'cart-0', '-n', 'shop'], pod('shop', 'cart-0')],
    [['-n', 'shop', 'why', 'cart-0'], pod('shop', 'cart-0')],
    [['why', '-nshop', 'pod/cart-0'], pod('shop', 'cart-0')],
    [['why', '--namespace=shop', 'po/cart-0'], pod('shop', 'cart-0')],
    [['why', '--since', '1h', 'cart-0', '-n=shop'], pod('shop', 'cart-0')],
    [['why', '-n', 'shop', '--', 'cart-0'], pod('shop', 'cart-0')],
    [['why', 'k8s:shop/cart-0', '-n', 'elsewhere'], pod('shop', 'cart-0')],
    [['why', 'docker:web'], { kind: 'container', engine: 'docker', name: 'web' }],
    [['why', 'host'], { kind: 'host' }],
  ])('%j', async (args, expected) => {
    const { target } = await asked(args)
    expect(target).toEqual(expected)
  })

  it('is looked for in the namespace of the context, where nobody says another', async () => {
    await using server = await apiServer((_, response) => answerJson(response, 200, {}))
    const KUBECONFIG = server.reader.env['KUBECONFIG'] ?? ''
    expect((await asked(['why', 'cart-0'], { KUBECONFIG })).target).toEqual(pod('shop', 'cart-0'))
    const named = await asked(['why', 'cart-0', '--kubeconfig', KUBECONFIG, '--context=test'])
    expect(named).toMatchObject({
      target: pod('shop', 'cart-0'),
      env: { KUBECONFIG, STELLA_KUBE_CONTEXT: 'test' },
    })
  })
})

describe('what looks at many pods', () => {
  /** The namespace that is asked for; undefined: all; null: no cluster is asked. */
  const namespaceOf = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { env: asked, surveyed } = await surveyedBy(args, env)
    return surveyed ? asked?.['STELLA_KUBE_NAMESPACE'] : null
  }

  it.each([
    [['audit', '-n', 'pay'], 'pay'],
    [['audit', '-npay', '--json'], 'pay'],
    [['audit', '-A'], undefined],
    [['audit', '--all-namespaces', '--json'], undefined],
    [['audit', '--list'], null],
    [['audit', '--explain', 'K01'], null],
    [['audit', '--help'], null],
  ])('%j', async (args, expected) => {
    expect(await namespaceOf(args)).toBe(expected)
  })

  it('looks at the namespace of the context, as kubectl does', async () => {
    await using server = await apiServer((_, response) => answerJson(response, 200, {}))
    const KUBECONFIG = server.reader.env['KUBECONFIG'] ?? ''
    expect(await namespaceOf(['audit'], { KUBECONFIG })).toBe('shop')
  })
})

describe('what cannot be meant', () => {
  it.each([
    [['why', 'deploy/cart', '-n', 'shop'], /deploy\/cart is no pod; name one of its pods/],
    [['why', 'shop/cart-0', '-n', 'other'], /shop\/cart-0 is in another namespace than other/],
    [['why', 'cart-0', '-A'], /--all-namespaces: 'why' looks at one at a time/],
    [['why', 'cart-0', '-n'], /-n: needs a value/],
    [['wyh', 'shop/cart-0'], /there is no command 'wyh'/],
  ])('%j is refused in one line', async (args, says) => {
    const { code, err, out } = await asked(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(says)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('a context that is not there is told with those that are', async () => {
    await using server = await apiServer((_, response) => answerJson(response, 200, {}))
    const KUBECONFIG = server.reader.env['KUBECONFIG'] ?? ''
    const { code, err } = await asked(['why', 'cart-0', '--context', 'prod'], { KUBECONFIG })
    expect(code).toBe(2)
    expect(err).toContain('there is no context prod; choose one of test')
  })
})

it.each([[[]], [['help']], [['--help']]])('%j shows what there is', async (args) => {
  const { code, out } = await asked(args)
  expect(code).toBe(0)
  expect(out).toContain('kubectl stella COMMAND [POD]')
  expect(out).toMatch(/^ {2}why +Why did it die/m)
})

describe('completion', () => {
  const complete = async (args: string[], env: Record<string, string> = {}) =>
    (await stella(['kubectl-complete', ...args], { env })).out.trimEnd().split('\n')

  it('knows commands, options and their values', async () => {
    expect(await complete(['wh'])).toEqual(['why\tWhy did it die, or what threatens it', ':4'])
    expect(await complete(['cases', 'ex'])).toEqual([expect.stringMatching(/^export\t/), ':4'])
    expect(await complete(['why', '--mark'])).toEqual([
      expect.stringMatching(/^--markdown\t/),
      ':4',
    ])
    expect(await complete(['audit', '--format', 's'])).toEqual(['sarif', ':4'])
    expect(await complete(['why', '--from', ''])).toEqual([':0'])
  })

  it('asks the cluster for pods of the namespace, and is silent where it does not answer', async () => {
    await using server = await apiServer((request, response) =>
      request.url?.startsWith('/api/v1/namespaces/pay/pods')
        ? answerJson(response, 200, { items: [{ metadata: { name: 'cart-0' } }] })
        : answerJson(response, 403, {}),
    )
    const KUBECONFIG = server.reader.env['KUBECONFIG'] ?? ''
    expect(await complete(['why', '-n', 'pay', 'c'], { KUBECONFIG })).toEqual(['cart-0', ':4'])
    expect(await complete(['why', 'c'], { KUBECONFIG })).toEqual([':4'])
    expect(await complete(['why', 'c'], { KUBECONFIG: '/nonexistent' })).toEqual([':4'])
  })
})
