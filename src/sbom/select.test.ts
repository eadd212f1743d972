import { expect, test } from 'vitest'
import type { Cataloger, Selection } from './cataloger.ts'
import { selectorOf } from './select.ts'

function cataloger(id: string, selects: Selection): Cataloger {
  return { id, title: id, version: 1, selects, maxBytes: 1, reads: 'whole', catalog: () => [] }
}

const CATALOGERS = [
  cataloger('program', { programs: true }),
  cataloger('path', { paths: ['etc/release', 'usr/lib/release'] }),
  cataloger('folder', { folders: ['var/lib/status.d'] }),
  cataloger('ending', { endings: ['.jar', '.deps.json'] }),
  cataloger('name', { names: ['release', 'a.jar'] }),
  cataloger('picky', { names: ['release'], accepts: (path) => path.startsWith('usr/') }),
  cataloger('both', { names: ['a.jar'], endings: ['.jar'], programs: true }),
]

test.each<[path: string, surely: string, ifProgram: string]>([
  ['release', 'name', 'program both'],
  ['etc/release', 'name path', 'program both'],
  ['usr/lib/release', 'name picky path', 'program both'],
  ['opt/etc/release', 'name', 'program both'],
  ['var/lib/status.d/a', 'folder', 'program both'],
  ['var/lib/status.d/a/b', '', 'program both'],
  ['var/lib/status.e/a', '', 'program both'],
  ['opt/a.jar', 'name both ending', 'program'],
  ['opt/B.JAR', 'ending both', 'program'],
  ['opt/app.Deps.json', 'ending', 'program both'],
  ['opt/deps.json', '', 'program both'],
  ['.jar', 'ending both', 'program'],
  ['a.jar.txt', '', 'program both'],
])('%s is wanted by %o, and as a program by %o', (path, surely, ifProgram) => {
  const wanting = selectorOf(CATALOGERS)(path)
  expect(wanting.surely.map(({ id }) => id).join(' ')).toBe(surely)
  expect(wanting.ifProgram.map(({ id }) => id).join(' ')).toBe(ifProgram)
})

test('a program that is left out by its path is no program', () => {
  const select = selectorOf([
    cataloger('program', { programs: true, accepts: (path) => path !== 'a' }),
  ])
  expect([select('a').ifProgram.length, select('b').ifProgram.length]).toEqual([0, 1])
})
