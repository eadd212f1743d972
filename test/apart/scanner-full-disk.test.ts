/** A data folder on a disk that is full, and one that two want: no job is lost, and whoever asks is told what to do. */
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StellaError } from '../../src/model/errors.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { run, until } from '../support/testbed.ts'

/** A database takes 41 MiB when it is made. */
const DISK_MIB = 160
/** Jobs take room by their names. */
const LONG = 'a/'.repeat(100)

let folder = ''
let disk = ''
let serving: Serving | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-full-'))
  disk = join(folder, 'disk')
  mkdirSync(disk)
})
afterEach(async () => {
  await serving?.kill()
  serving = null
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(requireParts('root', 'namespaces', 'cgroup-v1'))('a data folder', () => {
  describe('on a disk of its own', () => {
    beforeEach(() => run(['mount', '-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'stella-test', disk]))
    afterEach(() => run(['umount', '--lazy', disk]))

    it('may become full: no job is lost, whoever asks is told, and it goes on with new room', async () => {
      const image = await largeImage(folder, 1)
      serving = await startServing(join(disk, 'data'))
      const scanner = scannerOf(serving)
      const ids = [await scanner.submit(image)]
      expect((await scanner.ended(ids))[0]?.state).toBe('done')

      const filler = join(disk, 'filler')
      fill(filler)
      const refusals: unknown[] = []
      for (let at = 0; refusals.length === 0 && at < 400; at++) {
        await scanner.submit(at === 0 ? image : `oci:${folder}/none/${LONG}${at}`).then(
          (id) => ids.push(id),
          (error: unknown) => void refusals.push(error),
        )
        // A server answers so many calls a minute.
        await pause(50)
      }
      expect(refusals[0]).toBeInstanceOf(StellaError)
      expect(refusals[0]).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('No space left on device'),
        todo: 'see that it runs and has room',
      })
      // Whoever asked may have the answer before the server has written its line.
      const err = await until('the server says so', () =>
        serving?.err.includes('; see that it runs and has room\n') ? serving.err : null,
      )
      expect(err.match(/the scanner's database does not answer/g)).toHaveLength(1)

      rmSync(filler)
      const jobs = await scanner.ended(ids, 120_000)
      expect(jobs).toHaveLength(ids.length)
      expect(jobs[1]).toMatchObject({ image, state: 'done' })
      await until('the host answers again', () =>
        /the scanner's database answers again/.test(serving?.err ?? ''),
      )
      const [last] = await scanner.ended([await scanner.submit(image)])
      expect(last?.state).toBe('done')
    }, 240_000)
  })

  it('belongs to one server: the scanner of a second is refused, and commands ask the first', async () => {
    const image = await largeImage(folder, 1)
    serving = await startServing(disk)
    await expect(startServing(disk)).rejects.toThrow(
      /process \d+ has the database open; let that one go on, or end it first/,
    )
    const ran = await runStella(['scanner', 'jobs', 'submit', image, '--wait', '--data', disk])
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/^done /)])
    const direct = await runStella([
      ...['scanner', 'workers', 'run', '--pool', 'default', '--data', disk],
    ])
    expect([direct.code, direct.err]).toEqual([
      2,
      expect.stringContaining("an embedded database is its server's alone"),
    ])
  })
})

/** To the last block. */
function fill(file: string): void {
  for (;;) {
    const { bavail, bsize } = statfsSync(disk)
    if (bavail === 0) return
    try {
      writeFileSync(file, Buffer.alloc(Math.min(bavail * bsize, 16 * 2 ** 20)), { flag: 'a' })
    } catch {
      // Somebody else took the last of it.
      return
    }
  }
}
