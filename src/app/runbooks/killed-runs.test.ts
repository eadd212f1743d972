import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BOOK, orderFor, RED, statesOf, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { until } from '../../../test/support/testbed.ts'
import { recordedRun } from './recorded-runs.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const DYING = fileURLToPath(new URL('../../../test/support/dying-run.ts', import.meta.url))

async function killedAt(line: number, path: string, undoOnFailure = false): Promise<string> {
  const args = [place.folder, path, String(line), String(undoOnFailure)]
  const child = spawn(process.execPath, [DYING, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'close')
  expect(child.signalCode).toBe('SIGKILL')
  const [journal = ''] = readdirSync(join(place.data, 'runs')).filter((name) =>
    name.endsWith('.ndjson'),
  )
  return journal.replace('.ndjson', '')
}

/** What the journal of a run says, an event each. */
function kindsIn(id: string): readonly string[] {
  return recordedRun(place.data, id).events.map(({ kind }) => kind)
}

describe('a run that was killed', () => {
  const LINES = 14
  const UNDO_LINES = 18

  it('is killed below behind each of its lines', async () => {
    expect(kindsIn((await place.start(place.write(BOOK))).run)).toHaveLength(LINES)
    writeFileSync(place.file, 'old\n')
    const red = await place.start(place.write(RED), { undoOnFailure: true })
    expect(kindsIn(red.run)).toHaveLength(UNDO_LINES)
  })

  it.each(Array.from({ length: LINES - 1 }, (_, at) => at + 1))(
    'behind line %d of its journal goes on, and does nothing twice',
    async (line) => {
      const path = place.write(BOOK)
      const id = await killedAt(line, path)
      // What a crash leaves of a line that was being written.
      appendFileSync(join(place.data, 'runs', `${id}.ndjson`), '{"n":99,"befo')
      const last = kindsIn(id).at(-1)
      const isInChange = last === 'change-begun' || last === 'started'
      expect(place.told(id).steps.some(({ state }) => state === 'running')).toBe(
        isInChange || last === 'step-begun',
      )
      const { approval } = orderFor(path)
      const run = await place.resume(id, { approval, outlived: 'wait' })
      if (isInChange) {
        expect(run.verdict).toBe('failed')
        expect(run.why).toMatch(/set|again/)
        expect(place.log()).toEqual(last === 'started' || line > 6 ? ['new'] : [])
      } else {
        expect(run.verdict).toBe('resolved')
        expect(place.log()).toEqual(['new'])
        expect(statesOf(run)).toMatchObject({ set: 'ok', again: 'ok', 'is-new': 'ok' })
      }
    },
  )

  it.each(Array.from({ length: UNDO_LINES - LINES + 1 }, (_, at) => LINES - 1 + at))(
    'behind line %d takes back what is left, and nothing twice',
    async (line) => {
      const path = place.write(RED)
      const id = await killedAt(line, path, true)
      const last = kindsIn(id).at(-1)
      const run = await place.resume(id, { outlived: 'wait' })
      const isInUndo = last === 'undo-begun' || last === 'started'
      expect(run.verdict).toBe(isInUndo ? 'failed' : 'undone')
      expect(statesOf(run)['set']).toBe(isInUndo ? 'ok' : 'undone')
      if (isInUndo) expect(run.why).toContain('not taken back: set')
      expect(place.log()).toEqual(last === 'undo-begun' ? ['new'] : ['new', 'old'])
    },
  )
})

const SLOW = BOOK.replace('SET FILE new', 'SLOW FILE new')

describe('a change that outlives stella', () => {
  let path = ''
  let id = ''
  beforeEach(async () => {
    path = place.write(SLOW)
    id = await killedAt(6, path)
    expect(kindsIn(id).at(-1)).toBe('started')
  })
  afterEach(async () => {
    if (place.told(id).verdict === null) await place.resume(id, { outlived: 'kill' })
  })

  it('is told of with its process, and nothing is run beside it', async () => {
    const { approval } = orderFor(path)
    const run = await place.resume(id, { approval })
    expect(run).toMatchObject({ verdict: null, waits: { step: 'set' } })
    expect(run.waits?.why).toMatch(
      /^what it has started still runs: \S+slow-value \S+ new: process(?:es)? \d+ \(slow-value\).*, since 20\d\d-/,
    )
    expect((await place.resume(id, { undo: true })).waits?.step).toBe('set')
    expect(place.log()).toEqual([])
  })

  it('is waited for, where somebody wants that', async () => {
    const waiting = place.resume(id, { outlived: 'wait' })
    await until('it waits', () => kindsIn(id).includes('outlived'))
    expect(place.log()).toEqual([])
    place.letGo()
    expect(await waiting).toMatchObject({ verdict: 'failed', why: 'failed: set' })
    expect(place.log()).toEqual(['new'])
    expect((await place.resume(id, { undo: true })).verdict).toBe('undone')
    expect(place.log()).toEqual(['new', 'old'])
  })

  it('is killed with all that it has started, where somebody says so, and that is written down', async () => {
    const run = await place.resume(id, { outlived: 'kill' })
    expect(run.verdict).toBe('failed')
    const [killed] = recordedRun(place.data, id).events.flatMap((event) =>
      event.kind === 'outlived' ? event : [],
    )
    expect(killed).toMatchObject({ by: 'tester', did: 'kill', step: 'set' })
    const pids = [...(killed?.says ?? '').matchAll(/(\d+) \(/g)].map(([, pid]) => Number(pid))
    expect(pids.length).toBeGreaterThan(0)
    for (const pid of pids) expect(isAlive(pid)).toBe(false)
    place.letGo()
    expect(place.log()).toEqual([])
  })
})

it('a child that a change has left holds the run up, as the change itself does', async () => {
  const id = await killedAt(6, place.write(BOOK.replace('SET FILE new', 'sh -c "sleep 600; true"')))
  try {
    const { events } = recordedRun(place.data, id)
    const [leader] = events.flatMap((each) => (each.kind === 'started' ? each.programs : []))
    const pid = leader?.pid ?? Number.NaN
    await until('it has its child', () => livesWith(pid, /\(sleep\)/))
    process.kill(pid, 'SIGKILL')
    await until('it is gone', () => !isAlive(pid))
    expect((await place.resume(id)).waits?.why).toMatch(/true: process \d+ \(sleep\), since/)
  } finally {
    expect((await place.resume(id, { outlived: 'kill' })).verdict).toBe('failed')
  }
})

function livesWith(leader: number, name: RegExp): boolean {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .map((each) => statOf(Number(each)))
    .some((stat) => name.test(stat) && stat.split(') ')[1]?.split(' ')[2] === String(leader))
}

/** A zombie does nothing more. */
function isAlive(pid: number): boolean {
  return !/^(?:$|\d+ \(.*\) Z)/s.test(statOf(pid))
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
