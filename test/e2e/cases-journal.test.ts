import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import type { Case } from '../../src/model/case.ts'
import { stella } from '../support/command-line.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const RECORDED = globSync('{guest/6.1/*,docker,podman,kubernetes}/', { cwd: FIXTURES })

let data = ''
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'stella-cases-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

function cases(...args: readonly string[]) {
  return stella(['cases', ...args, '--data', data], { engine: liveEngine })
}

test('there is something to import', () => {
  expect(RECORDED.length).toBeGreaterThan(5)
})

test.each(RECORDED)('what is imported of %s says what it said', async (name) => {
  const incident = join(FIXTURES, name)
  const direct = await stella(['why', '--from', incident, '--all', '--json'], {
    engine: liveEngine,
  })
  const expected: Case[] = JSON.parse(direct.out).cases
  const { err } = await cases('import', incident)
  expect(err).toBe('')
  const listed = JSON.parse((await cases('list', '--json')).out)
  const byId = (list: readonly Case[]): Case[] => list.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(byId(listed.cases)).toEqual(byId(expected))
  for (const { id } of expected) {
    const shown = await cases('show', id, '--json')
    expect(JSON.parse(shown.out)).toEqual(expected.find((found) => found.id === id))
  }
})

test.each(RECORDED)('an exported folder of %s is imported as the same cases', async (name) => {
  const folder = join(data, 'exported')
  const incident = join(FIXTURES, name)
  await cases('export', '--from', incident, '-o', folder, '--json')
  const { out } = await cases('show', folder, '--json')
  const document = JSON.parse(out)
  const written: Case[] = document.cases ?? [document]
  await cases('import', folder)
  const listed = JSON.parse((await cases('list', '--json')).out).cases.map(({ id }: Case) => id)
  expect(listed).toEqual(expect.arrayContaining(written.map(({ id }) => id)))
})
