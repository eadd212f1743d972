import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readContainerList } from './container-list.ts'

function ends(fixture: string): Record<string, number | null> {
  const path = new URL(`../../../fixtures/${fixture}`, import.meta.url)
  const list = readContainerList(readFileSync(path, 'utf8'))
  return Object.fromEntries(list.map(({ name, exitCode }) => [name, exitCode]))
}

it('tells of each container how it ended, as the API of Docker writes it', () => {
  expect(ends('docker/list-api.json')).toMatchObject({
    'rec-oom': 137,
    'rec-kill': 137,
    'rec-exit137': 137,
    'rec-exit0': 0,
    'rec-created': null,
  })
})

it('tells it as the program podman writes it, and not of one that runs', () => {
  const told = ends('podman/list-cli.json')
  expect(told).toMatchObject({ 'rec-oom': 137, 'rec-exit0': 0 })
  expect(told['rec-exec']).toBeNull()
})

it('leaves out what has no name, and never throws', () => {
  expect(readContainerList('[{"Id":"a"},{"Names":["/b"]},{"Id":"c","Names":[7]}]')).toEqual([])
  fc.assert(fc.property(fc.string(), (text) => readContainerList(text).length === 0))
})
