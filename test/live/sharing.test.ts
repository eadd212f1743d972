import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { readTmpfs } from '../../src/sources/proc/tmpfs.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { testDocker } from '../support/docker.ts'
import { forkTree, leftMapped, mappedTwice, movedProcess } from '../support/memory-scenes.ts'
import { requireParts } from '../support/parts.ts'
import { sharingViewOf } from '../support/scene-views.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const folder = testbedFolder('files')

describe.skipIf(requireParts('root', 'compiler', 'python'))('pages that groups share', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('of a file are charged to who touched them first', async () => {
    const { first, second } = await mappedTwice(folder)
    expect(sharingViewOf(second).chargedElsewhereBytes).toBeGreaterThan(48 * MIB)
    expect(sharingViewOf(first).chargedElsewhereBytes).toBeLessThan(10 * MIB)
  })

  it('stay charged there when only others map them', async () => {
    expect(sharingViewOf(await leftMapped(folder)).mappedElsewhereBytes).toBeGreaterThan(47 * MIB)
  })

  it('are counted for each child of a fork by ps', async () => {
    expect(sharingViewOf(await forkTree()).countedTwiceBytes).toBeGreaterThan(60 * MIB)
  })

  it('and memory of a moved process stays where it was taken', async () => {
    expect(sharingViewOf(await movedProcess()).anonElsewhereBytes).toBeGreaterThan(15 * MIB)
  })
})

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler'))(
  'tmpfs mounts of a container',
  () => {
    it('hold what df shows inside', async () => {
      const docker = await testDocker()
      const image = await docker.image()
      const name = `stella-test-${process.pid}-mounts`
      const flags = ['--memory=64m', '--memory-swap=64m', '--tmpfs=/t:size=32m', '--shm-size=16m']
      try {
        const files = ['file=/t/x,20M', 'file=/dev/shm/y,5M', 'say=done', 'stay']
        const run = ['run', '--detach', '--network=none', ...flags, `--name=${name}`, image]
        docker.cli(...run, 'hog', ...files)
        await until('the files are written', () => docker.cli('logs', name).includes('done'))
        const pid = Number(docker.cli('inspect', '--format={{.State.Pid}}', name))
        const { mounts, unknown } = readTmpfs(hostReader(), pid)
        expect(unknown).toEqual([])
        for (const line of docker
          .cli('exec', name, 'df', '-k', '/t', '/dev/shm')
          .split('\n')
          .slice(1)) {
          const [, size, used, , , mountPoint] = line.split(/\s+/)
          if (mountPoint === undefined) continue
          expect(mounts.find((mount) => mount.mountPoint === mountPoint)).toEqual({
            mountPoint,
            bytes: Number(used) * 1024,
            capBytes: Number(size) * 1024,
            partial: false,
          })
        }
        expect(mounts.find(({ mountPoint }) => mountPoint === '/t')?.bytes).toBe(20 * MIB)
      } finally {
        docker.tryCli('rm', '--force', name)
      }
    })
  },
)
