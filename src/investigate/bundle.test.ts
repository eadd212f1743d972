import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFolder } from './bundle.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stella-bundle-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

test.each(['missing', 'empty', 'deep'])('a folder that is %s is written whole', async (kind) => {
  const folder = join(root, kind === 'deep' ? 'a/b/c' : kind)
  if (kind === 'empty') await mkdir(folder)
  await writeFolder(folder, { 'case.json': '{}\n', 'report.md': '# r\n' })
  expect((await readdir(folder)).toSorted()).toEqual(['case.json', 'report.md'])
  expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe('# r\n')
})

test('a folder that holds something is refused and left as it is', async () => {
  await writeFile(join(root, 'mine'), 'x')
  await expect(writeFolder(root, { 'case.json': '{}' })).rejects.toMatchObject({
    exitCode: 2,
    where: root,
  })
  expect(await readdir(root)).toEqual(['mine'])
})

test('a file in its place is refused', async () => {
  const path = join(root, 'file')
  await writeFile(path, 'x')
  await expect(writeFolder(path, {})).rejects.toMatchObject({ exitCode: 2 })
})

test('a failure in the middle leaves nothing behind', async () => {
  const folder = join(root, 'new')
  await expect(writeFolder(folder, { good: 'x', 'no/such/folder': 'y' })).rejects.toMatchObject({
    exitCode: 3,
  })
  expect(await readdir(root)).toEqual([])
})

test('a place that cannot be written is out of reach, and the reason is named', async () => {
  await expect(writeFolder('/proc/stella-cannot/x', { a: '' })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('ENOENT'),
  })
})
