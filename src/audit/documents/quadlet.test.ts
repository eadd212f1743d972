import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { UNKNOWN_HOST } from '../engine.ts'
import type { Container } from '../workload.ts'
import { NOTHING_BESIDE } from './beside.ts'
import { optionsIn } from './engine-options.ts'
import { rawAt } from './place.ts'
import { workloadsOfUnits } from './systemd.ts'
import { UNITS } from './units.ts'

/** The container of a recorded file, or the program of the service that Quadlet made of it. */
function recorded(name: string): Container | undefined {
  const url = new URL(`../../../fixtures/quadlet/${name}`, import.meta.url)
  const file = { path: name, text: readFileSync(url, 'utf8') }
  const { units = [] } = UNITS.read(file, NOTHING_BESIDE)
  return workloadsOfUnits(units, UNKNOWN_HOST)[0]?.containers[0]
}

const texts = (words: readonly { text: string }[] = []): string[] => words.map(({ text }) => text)

describe('a container of Quadlet is read as Quadlet reads it', () => {
  const container = recorded('shop.container')
  const made = recorded('shop.service')
  const words = made?.words ?? []
  const image = words.findIndex(({ text }) => text === container?.image?.text)
  const options = optionsIn(words.slice(0, image))
  const last = (name: string): string | undefined => options.last(name)?.text

  it('with its sizes', () => {
    expect(container?.limit?.text).toBe(last('memory'))
    expect(container?.memorySwap?.text).toBe(last('memory-swap'))
    expect(container?.reservation?.text).toBe(last('memory-reservation'))
    expect(container?.sharedMemory?.text).toBe(last('shm-size'))
    expect(container?.options.get('oom-score-adj')?.text).toBe(last('oom-score-adj'))
    // The service around it has a higher limit.
    expect([made?.limit?.text, container?.effectiveLimit?.text]).toEqual(['600M', '512m'])
  })

  it('with its file systems in memory', () => {
    const mounts = container?.memoryMounts.map(({ path, size }) => [path, size?.text])
    expect(mounts).toEqual([
      ['/tmp', '16m'],
      ['/run', undefined],
      ['/cache', '32m'],
      ['/var/tmp', '8m'],
    ])
    expect(texts(options.all('tmpfs'))).toEqual([
      '/tmp:size=16m,mode=1777',
      '/run',
      '/var/tmp:rw,size=8m',
    ])
  })

  it('with its variables', () => {
    const variables = [...(container?.environment ?? [])]
    expect(variables.map(([name, { value }]) => `${name}=${value ?? '?'}`)).toEqual(
      texts(options.all('env')),
    )
  })

  it('with its command, each word at its place', () => {
    expect(texts(container?.words)).toEqual(texts(words.slice(image + 1)))
    expect(container?.words.map(({ place }) => rawAt(place))).toContain('"-Xmx256m"')
  })

  it('with its health check', () => {
    expect(texts(container?.probes[0]?.words).join(' ')).toBe(
      last('health-cmd')?.replaceAll('"', ''),
    )
  })
})
