import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf, fixture, readKubernetes } from '../../../fixtures/kubernetes/read.ts'
import { formatFor } from '../recognise.ts'
import { cadvisorFigures } from './cadvisor.ts'
import { summaryFigures } from './node-summary.ts'

const CONTAINER = { namespace: 'default', pod: 'web', container: 'app' }

function figuresIn(text: string) {
  return factsOf(readKubernetes(text), 'kubelet-figures')
}

describe('a page of a kubelet that was kept', () => {
  it('tells of a container what the same page tells when it is asked for', () => {
    const page = fixture('kubelet-1.34/cadvisor.txt')
    const [kept] = figuresIn(page).filter(
      ({ pod, container }) => pod === 'web' && container === 'app',
    )
    expect(kept).toMatchObject({
      ...CONTAINER,
      ...cadvisorFigures(page, { ...CONTAINER, containerId: null }),
      podUid: 'b1f6c306-2fc1-4ec0-83f6-775efe9f888b',
      source: 'metrics/cadvisor',
    })
    const summary = fixture('kubelet-1.34/summary.json')
    const [told] = figuresIn(summary).filter(
      ({ pod, container }) => pod === 'web' && container === 'app',
    )
    expect(told).toMatchObject({
      ...CONTAINER,
      ...summaryFigures(JSON.parse(summary), CONTAINER),
      node: expect.any(String),
      source: 'stats/summary',
    })
  })

  it.each([
    ['one-pod-metrics.json', ['web/side 8440Ki', 'web/app 24864Ki']],
    ['pod-metrics.json', ['batch/app 41280Ki', 'web/side 8440Ki', 'web/app 24864Ki']],
  ])('is as well what the metrics API told, alone or in a list: %s', (file, told) => {
    const figures = figuresIn(fixture(`metrics-server-0.9/${file}`))
    expect(figures.every(({ source }) => source === 'metrics-server')).toBe(true)
    const seen = figures.map(
      ({ pod, container, workingSetBytes }) =>
        `${pod}/${container} ${(workingSetBytes ?? 0) / 1024}Ki`,
    )
    expect(seen.toSorted()).toEqual(expect.arrayContaining(told))
  })

  it('tells of pods as a whole, and of no sandbox', () => {
    const page = figuresIn(fixture('kubelet-1.34/cadvisor.txt'))
    const names = page.map(({ pod, container }) => `${pod}/${container ?? ''}`)
    expect(names.toSorted()).toEqual(['cache/', 'cache/app', 'web/', 'web/app', 'web/side'])
  })

  it('tells the limit by what the summary says is left of it', () => {
    const summary = figuresIn(fixture('v1.34/own-limit/stats-summary.json'))
    const page = figuresIn(fixture('v1.34/own-limit/cadvisor.txt'))
    for (const figures of [summary, page]) {
      expect(figures.find(({ container }) => container === 'app')?.limitBytes).toBe(33_554_432)
    }
  })

  it('counts kills that nobody else tells of', () => {
    const page = figuresIn(fixture('v1.34/child-killed-main-lives/cadvisor.txt'))
    expect(page.find(({ container }) => container === 'app')?.oomKills).toBe(1)
  })

  it.each([
    ['v1.34/deleted-after-kill/cadvisor.txt', 'kubelet-cadvisor'],
    ['v1.34/own-limit/cadvisor.txt', 'kubelet-cadvisor'],
    ['v1.34/own-limit/stats-summary.json', 'kubelet-stats-summary'],
    ['kubelet-1.34/summary.json', 'kubelet-stats-summary'],
  ])('%s is known by its content: %s', (name, id) => {
    expect(formatFor(fixture(name).slice(0, 65_536), 'page')?.id).toBe(id)
  })

  it("is not taken for one where it is Docker's", () => {
    const docker = 'container_memory_rss{id="/docker/ab",image="web:1",name="web"} 4096\n'
    expect(formatFor(docker, 'page')).toBeNull()
  })

  it('never fails to be read, however damaged', () => {
    const page = fixture('v1.34/own-limit/cadvisor.txt')
    const summary = fixture('v1.34/own-limit/stats-summary.json')
    fc.assert(
      fc.property(fc.constantFrom(page, summary), fc.nat(), fc.string(), (text, at, rest) => {
        const cut = text.slice(0, at % text.length) + rest
        for (const { namespace, pod, limitBytes } of figuresIn(cut)) {
          expect(namespace).not.toBe('')
          expect(pod).not.toBe('')
          expect(limitBytes ?? 0).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
