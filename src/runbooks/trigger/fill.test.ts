import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { PARAM_TYPES } from '../../model/runbook.ts'
import type { Case } from '../../model/case.ts'
import type { Param, ParamType } from '../../model/runbook.ts'
import { misfit, paramValues } from '../params.ts'
import { filledParams } from './fill.ts'

const param = (name: string, type: ParamType, usual: string | null = null): Param => ({
  name,
  type,
  asks: name,
  usual,
})

function filled(
  params: readonly Param[],
  labels: Record<string, string>,
  found: Case | null = null,
): { given: Record<string, string>; left: readonly string[] } {
  const source = { labels: new Map(Object.entries(labels)), case: found, host: 'n1' }
  const { given, left } = filledParams(params, source)
  return { given: Object.fromEntries(given), left }
}

describe('the parameters of a runbook', () => {
  it('name the engine of a container, by its case or by the target of an alert', () => {
    const params = [param('container', 'container'), param('engine', 'engine', 'docker')]
    const subject = { platform: 'podman', name: 'web', id: 'x', image: null } as const
    const expected = { container: 'web', engine: 'podman' }
    expect(filled(params, {}, sampleCase({ subject })).given).toEqual(expected)
    expect(filled(params, { target: 'podman:web' }).given).toEqual(expected)
    expect(filled(params, { engine: 'rm', container: 'web' }).given).toEqual({ container: 'web' })
  })

  it('are what its case tells', () => {
    const subject = {
      platform: 'kubernetes',
      name: 'shop/cart-0/app',
      id: 'x',
      image: 'cart:2',
    } as const
    const params = [
      param('case', 'case'),
      param('namespace', 'name'),
      param('pod', 'name'),
      param('container', 'container'),
      param('image', 'image'),
      param('node', 'name'),
      param('limit', 'size', '1Gi'),
    ]
    const found = sampleCase({ subject })
    expect(filled(params, {}, found)).toEqual({
      given: {
        case: found.id,
        namespace: 'shop',
        pod: 'cart-0',
        container: 'app',
        image: 'cart:2',
        node: 'n1',
      },
      left: [],
    })
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['target', { target: 'k8s:shop/cart-0/app' }, { pod: 'cart-0', container: 'app' }],
    ['target', { target: 'docker:web', container: 'exporter' }, { container: 'web' }],
    ['name', { name: 'web', id: '/docker/1' }, { container: 'web' }],
    ['exported_pod', { pod: 'scraped-0', exported_pod: 'cart-0' }, { pod: 'cart-0' }],
    // The scrape has a job and an instance, too.
    ['job_id', { job: 'cafe', instance: 'web', job_id: 'beef' }, { job: 'beef' }],
  ])('are what an alert tells: %s', (_, labels, expected) => {
    const params = [param('container', 'container', 'x'), param('pod', 'name', 'x')]
    expect(filled([...params, param('job', 'job', 'beef')], labels).given).toEqual(expected)
  })

  it('are what the alert says rather than the case, unless it is none of its type', () => {
    const subject = { platform: 'docker', name: 'web', id: 'x', image: null } as const
    const found = sampleCase({ subject })
    const params = [param('container', 'container')]
    expect(filled(params, { name: 'shop' }, found).given).toEqual({ container: 'shop' })
    expect(filled(params, { name: '--privileged' }, found)).toEqual({
      given: { container: 'web' },
      left: ["container: '--privileged' is no container"],
    })
    expect(filled(params, {}).left).toEqual(['container: nobody has told it'])
  })

  it('are of their type, whatever labels say', () => {
    const names = ['container', 'pod', 'job', 'constructor', '__proto__', 'target', 'word']
    const hostile = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('-x', '$(id)', 'a\nb', '--', '', ' ', 'docker:-x', 'k8s:a/-b/c\n', 'web'),
    )
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), hostile),
        fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...PARAM_TYPES))),
        (labels, wanted) => {
          const params = wanted.map(([name, type]) => param(name, type))
          const unique = [...new Map(params.map((each) => [each.name, each])).values()]
          const source = { labels: new Map(Object.entries(labels)), case: null, host: 'n1' }
          const { given } = filledParams(unique, source)
          for (const [name, value] of given) {
            const type = unique.find((each) => each.name === name)?.type
            expect(type !== undefined && misfit(type, value)).toBeNull()
          }
          expect(() => paramValues(unique, given)).not.toThrow()
        },
      ),
    )
  })
})
