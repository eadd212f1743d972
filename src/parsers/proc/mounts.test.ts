import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseMounts } from './mounts.ts'

it('reads the mounts of a process as they are', () => {
  const text = readFileSync('/proc/self/mountinfo', 'utf8')
  const own = parseMounts(text)
  expect(own.find(({ mountPoint }) => mountPoint === '/proc')).toMatchObject({
    root: '/',
    type: 'proc',
  })
  expect(own).toHaveLength(text.trim().split('\n').length)
})

it.each([
  [
    '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw',
    '98:0',
    '/mnt1',
    '/mnt2',
    'ext3',
  ],
  ['91 77 0:47 / /dev/shm rw - tmpfs shm rw,size=65536k', '0:47', '/', '/dev/shm', 'tmpfs'],
  ['91 77 0:47 / /a\\040b rw shared:7 master:1 - tmpfs x\\011y rw', '0:47', '/', '/a b', 'tmpfs'],
  [
    '71 70 0:4 net:[4026532325] /run/netns/a rw - nsfs nsfs rw',
    '0:4',
    'net:[4026532325]',
    '/run/netns/a',
    'nsfs',
  ],
  ['91 77 0:47 / /a\\134b rw - tmpfs  rw', '0:47', '/', '/a\\b', 'tmpfs'],
])('%s', (line, device, root, mountPoint, type) => {
  expect(parseMounts(`${line}\n`)).toEqual([{ device, root, mountPoint, type }])
})

it('takes nothing for a mount that is none, and never more than it can show', () => {
  expect(parseMounts('')).toEqual([])
  expect(parseMounts('91 77 0:47 / relative rw - tmpfs shm rw\nwhatever\n')).toEqual([])
  const many = '91 77 0:47 / /dev/shm rw - tmpfs shm rw\n'.repeat(20_000)
  expect(parseMounts(many)).toHaveLength(8192)
})

it('copes with whatever text', () => {
  const word = fc.constantFrom('1', '0:4', '/', '/x', '-', 'rw', 'tmpfs', '\\0', '\\777', '\n', ' ')
  fc.assert(
    fc.property(
      fc.array(word).map((words) => words.join(' ')),
      (text) => {
        for (const { mountPoint } of parseMounts(text))
          expect(mountPoint.startsWith('/')).toBe(true)
      },
    ),
  )
})
