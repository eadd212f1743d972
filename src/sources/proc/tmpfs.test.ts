import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { parseMounts } from '../../parsers/proc/mounts.ts'
import { readTmpfs } from './tmpfs.ts'

/** A file system of the machine that is a tmpfs, and its device. */
const SHM = '/dev/shm'
/** A later mount covers an earlier one. */
const DEVICE =
  parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')).findLast(
    ({ mountPoint }) => mountPoint === SHM,
  )?.device ?? 'none'

function line(device: string, root: string, mountPoint: string, type = 'tmpfs'): string {
  return `91 77 ${device} ${root} ${mountPoint} rw,nosuid - ${type} none rw\n`
}

it('says nothing of a process that is gone', () => {
  using reader = fakeReader()
  expect(readTmpfs(reader, 7)).toEqual({ mounts: [], unknown: [] })
})

it('does not follow a link that a container put in the place of its mount point', () => {
  using reader = fakeReader({ files: { 'proc/7/mountinfo': line(DEVICE, '/', '/dev/shm') } })
  mkdirSync(join(reader.root, 'proc/7/root/dev'), { recursive: true })
  symlinkSync(SHM, join(reader.root, 'proc/7/root/dev/shm'))
  expect(readTmpfs(reader, 7).mounts).toEqual([
    { mountPoint: '/dev/shm', bytes: null, capBytes: null, partial: false },
  ])
})

it('does not take another file system for the one that was mounted, even by a link on the way', () => {
  using reader = fakeReader({ files: { 'proc/7/mountinfo': line('0:99999', '/', '/dev/shm') } })
  mkdirSync(join(reader.root, 'proc/7/root'), { recursive: true })
  symlinkSync('/dev', join(reader.root, 'proc/7/root/dev'))
  expect(readTmpfs(reader, 7).mounts[0]?.bytes).toBeNull()
})

it('asks the very file system that mountinfo names', () => {
  using reader = fakeReader({ files: { 'proc/7/mountinfo': line(DEVICE, '/', '/dev/shm') } })
  mkdirSync(join(reader.root, 'proc/7/root'), { recursive: true })
  symlinkSync('/dev', join(reader.root, 'proc/7/root/dev'))
  expect(readTmpfs(reader, 7).mounts[0]?.bytes).toBeGreaterThanOrEqual(0)
})

it('touches nothing below a file system that may never answer', () => {
  const mounts = line('0:50', '/', '/data', 'nfs4') + line(DEVICE, '/', '/data/cache')
  using reader = fakeReader({ files: { 'proc/7/mountinfo': mounts } })
  mkdirSync(join(reader.root, 'proc/7/root'), { recursive: true })
  symlinkSync('/dev', join(reader.root, 'proc/7/root/data'))
  expect(readTmpfs(reader, 7).mounts).toEqual([
    { mountPoint: '/data/cache', bytes: null, capBytes: null, partial: false },
  ])
})

it('tells each file system once: as a whole, where it is mounted as a whole', () => {
  const mounts = [
    line('0:60', '/sub', '/a'),
    line('0:60', '/', '/much/longer'),
    line('0:61', '/sub', '/b'),
    line('0:62', '/', '/proc', 'proc'),
  ]
  using reader = fakeReader({ files: { 'proc/7/mountinfo': mounts.join('') } })
  expect(
    readTmpfs(reader, 7).mounts.map(({ mountPoint, partial }) => [mountPoint, partial]),
  ).toEqual([
    ['/much/longer', false],
    ['/b', true],
  ])
})

it('looks at no more file systems than it can show, and says so', () => {
  const mounts = Array.from({ length: 200 }, (_one, minor) => line(`0:${minor}`, '/', `/t${minor}`))
  using reader = fakeReader({ files: { 'proc/7/mountinfo': mounts.join('') } })
  const read = readTmpfs(reader, 7)
  expect(read.mounts).toHaveLength(128)
  expect(read.unknown).toEqual(['only the first 128 tmpfs mounts of process 7 were looked at'])
})
