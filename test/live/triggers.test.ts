/** From a real kill to the runbook that is for it: it has looked, has changed nothing, and waits for somebody. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const fence = (attributes: string, command: string): string =>
  `\n\nWhat it is for.\n\n\`\`\`bash {${attributes}}\n${command}\n\`\`\``

/** Its change touches a file of the test, through a program of the test: nobody knows what that does. */
const bookFor = (group: string, change: string): string =>
  [
    `---
id: test-trigger
title: A test group runs out of memory
component: test
severity: low
owner: tests
updated: 2026-11-22
alerts: [TestGroupOOM]
cases: ["match(/${basename(group)}/) && scope == container && victims == 1"]
params:
  cgroup: { type: text, asks: the group }
  case: { type: case, asks: the case }
---

# A test group runs out of memory

## Quick checks`,
    fence(
      'id=explained, kind=check, timeout=30s, capture="verdict:json:.verdict.code", problemIf="verdict == oom-own-limit"',
      'stella cases show ${case} --json',
    ),
    fence('id=limit, kind=check, capture="limit:text"', 'echo ${cgroup}'),
    '\n\n## Mitigation',
    fence('id=mend, kind=change, risk=medium, when="explained.problem"', change),
    '\n\n## Verification',
    fence('id=mended, kind=assert', `cat ${change.split(' ')[1] ?? ''}`),
  ].join('')

interface Kept {
  id: string
  runs: {
    run: string
    runbook: string
    state: string
    waits: { step: string } | null
    found: { step: string; captures: Record<string, string> }[]
    next: string | null
  }[]
}

const missing = requireParts('root', 'kmsg', 'compiler')
describe.skipIf(missing)(
  `runbooks that open by themselves${missing === null ? '' : ` (${missing})`}`,
  () => {
    let folder = ''
    let server: Serving
    let group: TestGroup
    const closing: (() => unknown)[] = []
    const mended = (): boolean => existsSync(join(folder, 'mended'))

    beforeAll(async () => {
      folder = mkdtempSync(join(testbedFolder('triggers'), 'data-'))
      closing.unshift(() => rmSync(folder, { recursive: true, force: true }))
      group = createGroup('triggers', 8 * MIB)
      closing.unshift(group.remove)
      mkdirSync(join(folder, 'books'))
      const change = `touch ${join(folder, 'mended')}`
      writeFileSync(join(folder, 'books', 'test-trigger.md'), bookFor(group.path, change))
      server = await startServing(join(folder, 'data'), ['--runbooks', join(folder, 'books')])
      closing.unshift(server.kill)
    })
    afterAll(async () => {
      for (const close of closing) await close()
    })

    async function killOne(): Promise<number> {
      await roomForReports()
      const { pid, ended } = group.start([await hog(), 'anon=64M'])
      await ended
      return pid
    }

    async function caseOf(pid: number): Promise<Kept> {
      const { cases } = await answer<{ cases: { id: string; victim: { pid: number } | null }[] }>(
        '/api/cases?limit=100',
      )
      const id = cases.find(({ victim }) => victim?.pid === pid)?.id
      return id === undefined ? { id: '', runs: [] } : answer<Kept>(`/api/cases/${id}`)
    }

    async function answer<T>(path: string): Promise<T> {
      return JSON.parse(await (await server.get(path)).text())
    }

    const runs = (): string[] =>
      readdirSync(join(folder, 'data', 'runs')).filter((name) => name.endsWith('.ndjson'))

    async function tell(to: Serving, labels: Record<string, string>): Promise<void> {
      const alert = {
        status: 'firing',
        labels,
        annotations: {},
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: JSON.stringify(labels).slice(0, 60),
      }
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ version: '4', alerts: [alert] }),
      }
      expect((await to.get('/api/alerts', init)).status).toBe(200)
    }

    it('a kill opens its runbook, which looks, changes nothing, and waits; an alert of it opens none', async () => {
      const pid = await killOne()
      let kept: Kept = { id: '', runs: [] }
      await until(
        'the run waits',
        async () => {
          kept = await caseOf(pid)
          return kept.runs[0]?.state === 'waits'
        },
        60_000,
      )
      const [run] = kept.runs
      expect(run).toMatchObject({
        runbook: 'test-trigger',
        waits: { step: 'mend' },
        found: [{ step: 'explained', captures: { verdict: 'oom-own-limit' } }],
        next: expect.stringMatching(/^stella runbook resume run-\S+ --approve sha256:/),
      })
      expect(mended()).toBe(false)

      await tell(server, { alertname: 'TestGroupOOM', target: `cgroup:${group.path}` })
      await until('the alert is heard', async () => {
        const { triggers } = await answer<{
          triggers: { did: string; origin: { kind: string } }[]
        }>('/api/triggers')
        return triggers[0]?.origin.kind === 'alert' && triggers[0].did === 'seen-again'
      })
      const second = await killOne()
      await until('the next case is noted at the run', async () => {
        const [noted] = (await caseOf(second)).runs
        return noted?.run === run?.run
      })
      expect(runs()).toHaveLength(1)

      const shown = await runStella(['cases', 'show', kept.id, '--data', join(folder, 'data')])
      expect(shown.out).toContain("it waits at 'mend'")
      expect(shown.out).toContain(run?.next ?? 'none')

      const words = run?.next?.split(' ').slice(1) ?? []
      const resumed = await runStella([...words, '--data', join(folder, 'data')])
      expect([resumed.code, resumed.out]).toEqual([0, expect.stringContaining('resolved')])
      expect(mended()).toBe(true)
      const journal = readFileSync(join(folder, 'data', 'runs', runs()[0] ?? ''), 'utf8')
      expect(journal).toContain('seen-again')
      expect((await caseOf(pid)).runs[0]).toMatchObject({ state: 'ended', next: null })
    })

    it('opens none where the server is told so', async () => {
      const books = ['--runbooks', join(folder, 'books')]
      const quiet = await startServing(join(folder, 'quiet'), [...books, '--no-triggers'])
      closing.unshift(quiet.kill)
      const pid = await killOne()
      await until('its case', async () => {
        const page = await (await quiet.get('/api/cases?limit=100')).text()
        return page.includes(`"pid":${pid}`)
      })
      await tell(quiet, { alertname: 'TestGroupOOM', target: `cgroup:${group.path}` })
      expect(existsSync(join(folder, 'quiet', 'runs'))).toBe(false)
      expect(JSON.parse(await (await quiet.get('/api/triggers')).text())).toMatchObject({
        triggers: [],
      })
    })
  },
)
