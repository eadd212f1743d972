import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MIB } from '../../../src/model/bytes.ts'
import { createGroup } from '../../../test/support/cgroups.ts'
import type { TestGroup } from '../../../test/support/cgroups.ts'
import { roomForReports } from '../../../test/support/oom-reports.ts'
import { requireParts } from '../../../test/support/parts.ts'
import { run, testbedFolder } from '../../../test/support/testbed.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SERVICES = join(import.meta.dirname, '../services')
const RUNS = 10
const LIMIT = 256 * MIB

const groups: TestGroup[] = []
function group(name: string): TestGroup {
  const made = createGroup(name, LIMIT)
  groups.push(made)
  return made
}

describe.skipIf(requireParts('root', 'kmsg'))('the black box of a guarded service', () => {
  const folder = testbedFolder('guard')
  const file = join(folder, 'black-box')
  beforeEach(roomForReports)
  afterEach(async () => {
    for (const made of groups.splice(0)) await made.remove()
    for (const path of [file, `${file}.1`]) rmSync(path, { force: true })
  })

  test(`its last record survives the kill of a burst that no event loop sees, ${RUNS} of ${RUNS} times, right before the limit`, async () => {
    const own = group('burst')
    for (let at = 0; at < RUNS; at++) {
      rmSync(file, { force: true })
      const { ended, pid } = own.start([process.execPath, join(SERVICES, 'burst.ts'), file])
      expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })
      const last = lastOf(file)
      expect(last).toMatchObject({ pid, group: own.path, limit: LIMIT, end: null })
      expect(last.unreclaimable).toBeGreaterThan(0.9 * LIMIT)
    }

    const { blackBox, verdict, evidence } = why(own)
    expect(verdict.code).toBe('oom-own-limit')
    expect(blackBox).toMatchObject({ service: 'burst', path: own.path, inFlight: 0, left: false })
    expect(blackBox.unreclaimableBytes).toBeGreaterThan(0.9 * LIMIT)
    expect(evidence.find(({ id }: { id: string }) => id === blackBox.evidence)?.says).toMatch(
      /^The guard of burst \(PID \d+\) last saw .* in the tier observe/,
    )
  })

  test('the life before is kept beside the one that runs; one that leaves by itself says so', async () => {
    const own = group('leaves')
    for (let at = 0; at < 2; at++) {
      const { ended } = own.start([process.execPath, join(SERVICES, 'leaves.ts'), file])
      expect(await ended).toEqual({ code: 75, signal: null })
    }
    expect(lastOf(file)).toMatchObject({ end: 'asked', tier: 'observe' })
    expect(lastOf(`${file}.1`).pid).not.toBe(lastOf(file).pid)
  })

  test('a service that refuses all work for too long leaves before any kill, and its black box says why', async () => {
    const own = group('stays')
    const { ended } = own.start([process.execPath, join(SERVICES, 'stays.ts'), file])
    expect(await ended).toEqual({ code: 75, signal: null })
    const last = lastOf(file)
    expect(last).toMatchObject({ end: 'shedding', tier: 'drain', limit: LIMIT })
    expect(last.unreclaimable).toBeLessThan(0.93 * LIMIT)
  })

  test('a file that cannot be written is a warning, and the service serves', async () => {
    const argv = [process.execPath, join(SERVICES, 'leaves.ts'), '/nowhere/black-box']
    const { child, ended } = group('warned').start(argv)
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    expect(await ended).toEqual({ code: 75, signal: null })
    expect(said).toMatch(/\/nowhere\/black-box is not written: ENOENT/)
  })

  function why(own: TestGroup) {
    const log = join(folder, 'kernel.log')
    writeFileSync(log, run(['dmesg']))
    const files = ['--from', log, '--from', file]
    const stella = [process.execPath, join(ROOT, 'scripts/stella.ts'), 'why', `cgroup:${own.path}`]
    return JSON.parse(run([...stella, ...files, '--json']))
  }
})

function lastOf(file: string) {
  const lines = readFileSync(file, 'utf8').split('\n')
  const records = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line))
  return records.toSorted((one, other) => other.n - one.n)[0]
}
