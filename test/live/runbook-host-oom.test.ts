/**
 * The runbook of a limit above that is reached, on real kills below a group of our own. A machine that runs out itself is the same
 * class, and nobody lets one run out for a test: what the runbook does then is in runbooks/host-oom.test.yaml.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { book } from '../support/book-runs.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { startHog } from '../support/oom-scene.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

let data = ''
let above: TestGroup
let app: TestGroup

const hostOom = (since: string) =>
  book('host-oom', { cgroup: app.path, limit: '192Mi', hold: '5s', since }, { STELLA_DATA: data })
const limit = () => Number(above.read('memory.limit_in_bytes'))
const kills = () => Number(/^oom_kill (\d+)$/m.exec(app.read('memory.oom_control'))?.[1])

describe.skipIf(requireParts('root', 'cgroup-v1', 'kmsg', 'compiler'))(
  'the runbook host-oom',
  () => {
    beforeAll(async () => {
      await roomForReports()
      data = mkdtempSync(join(tmpdir(), 'stella-test-host-oom-'))
      const program = await hog()
      above = createGroup('host-oom', 64 * MIB)
      await startHog(program, above.child('neighbour'), ['anon=16M'])
      app = above.child('app')
      // Has no limit of its own, and is started again each time.
      app.start(['sh', '-c', `while :; do ${program} anon=56M stay; sleep 0.3; done`])
    })
    afterAll(async () => {
      await above.remove()
      rmSync(data, { recursive: true, force: true })
    })

    it('names the limit above, and changes nothing by itself', async () => {
      await until('it was killed twice', () => kills() >= 2)
      const looked = await hostOom('1h').start()
      expect(looked.states, looked.told).toMatchObject({
        machine: 'ok',
        group: 'problem',
        'raise-above': 'waits',
      })
      expect(looked.code).toBe(4)
      expect(limit()).toBe(64 * MIB)
    })

    it('gives the group above more, and sees that what was killed lives', async () => {
      const looked = await hostOom('1h').start()
      const mended = await hostOom('1h').approve(looked, '--step', 'raise-above')
      expect(mended.states, mended.told).toMatchObject({
        'raise-above': 'ok',
        bound: 'skipped',
        'machine-holds': 'ok',
        'group-holds': 'ok',
        'left-holds': 'ok',
      })
      expect([mended.verdict, mended.code]).toEqual(['resolved', 0])
      expect(limit()).toBe(192 * MIB)
    })

    it('finds nothing any more, and changes nothing', async () => {
      const before = kills()
      const well = await until(
        'nobody was killed for 10 s',
        async () => {
          const looked = await hostOom('10s').start()
          return looked.verdict !== null && looked
        },
        60_000,
      )
      expect([well.verdict, well.code], well.told).toEqual(['well', 0])
      expect([limit(), kills()]).toEqual([192 * MIB, before])
    })
  },
)
