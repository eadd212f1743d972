import { describe, expect, it, vi } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import {
  pressureRecord,
  sampleExperiments,
  subjectSeen,
  wish,
} from '../../../../test/support/pressed.ts'
import { MIB } from '../../../model/bytes.ts'
import { planExperiment } from '../../../pressure/plan.ts'
import type { ExperimentDesk } from '../../engine.ts'

describe('stella pressure', () => {
  it.each([
    [['docker:web'], 'nothing says how much pressure'],
    [['docker:web', '--size', '0%'], "'0%' is no share of a limit"],
    [['docker:web', '--size', '64m'], 'could mean two sizes'],
    [['docker:web', '--size', '64Mi', '--psi-ceiling', '200'], 'no percentage'],
    [['docker:web', '--limit', '50%', '--size', '25%'], '--limit takes none'],
    [['docker:web', '--size', '25%', '--probe-http', 'ftp://x'], 'this is no address'],
    [['docker:web', '--size', '25%', '--kind', 'swap'], 'page-cache'],
    [['list', 'docker:web'], 'Too many arguments'],
  ])('%j is refused', async (args, says) => {
    const { code, err } = await stella(['pressure', ...args])
    expect(err).toContain(says)
    expect(code).toBe(2)
  })

  it('an experiment that is not there cannot be shown or taken back', async () => {
    const env = { STELLA_DATA: '/nonexistent/stella-test' }
    for (const word of ['show', 'undo']) {
      const { code, err } = await stella(['pressure', word, 'pressure-1'], { env })
      expect({ code, err }).toEqual({
        code: 3,
        err: expect.stringContaining('there is no such experiment'),
      })
    }
    expect(await stella(['pressure', 'list', '--json'], { env })).toMatchObject({
      code: 0,
      out: expect.stringContaining('"experiments": []'),
    })
  })

  it('shows a plan, and does nothing without --apply', async () => {
    const run = vi.fn<ExperimentDesk['run']>()
    const engine = { experiments: () => sampleExperiments({ run }) }
    const args = [
      'pressure',
      'cgroup:/stella-test-a',
      '--limit',
      '50%',
      '--probe-command',
      'check a',
    ]
    const { code, out } = await stella(args, { engine })
    expect(code).toBe(0)
    expect(out).toContain('its limit comes down to 64 MiB in 10 s, held for 30 s')
    expect(out).toContain('the probe ends with 0: check a')
    expect(out).toContain('Nothing is done yet')
    expect(run).not.toHaveBeenCalled()
    const { plan } = JSON.parse((await stella([...args, '--json'], { engine })).out)
    expect(plan.experiment.method[0].provider).toMatchObject({
      type: 'cgroup.limit',
      limitBytes: 64 * MIB,
    })
  })

  it.each([
    ['completed', false, false, 0, 'stayed well'],
    ['completed', true, false, 1, 'did not stay well'],
    ['failed', true, false, 1, 'did not stay well'],
    ['failed', false, false, 1, 'was not well to begin with'],
    ['aborted', false, false, 4, 'before it showed anything'],
    ['interrupted', false, false, 4, 'was interrupted'],
    ['completed', false, true, 1, 'stella pressure undo pressure-1'],
  ] as const)(
    '%s, deviated %s, left %s: exit code %i',
    async (status, deviated, left, exit, says) => {
      const run: ExperimentDesk['run'] = async (plan) =>
        pressureRecord(plan, { status, deviated, left })
      const engine = { experiments: () => sampleExperiments({ run }) }
      const args = ['pressure', 'cgroup:/stella-test-a', '--size', '25%', '--apply']
      const { code, out } = await stella(args, { engine })
      expect(out).toContain(says)
      expect(code).toBe(exit)
    },
  )

  it('without a word of its owner, nothing is even planned', async () => {
    const engine = {
      experiments: () =>
        sampleExperiments({
          see: async (named) => subjectSeen({ named, name: 'web', path: '/docker/web' }),
        }),
    }
    const args = ['pressure', 'docker:web', '--size', '25%', '--apply']
    const { code, err } = await stella(args, { engine })
    expect(code).toBe(2)
    expect(err).toContain('--i-own-this')
    expect(await stella([...args, '--i-own-this'], { engine })).toMatchObject({ code: 0 })
  })

  it('lists what was made, and shows the journal of one as it is', async () => {
    const plan = planExperiment(subjectSeen(), wish())
    const record = pressureRecord(plan, { status: 'failed', deviated: true, left: true })
    const engine = {
      experiments: () => sampleExperiments({ list: () => [record], read: () => record }),
    }
    const list = await stella(['pressure', 'list'], { engine })
    expect(list.out).toContain('deviated, not all taken back')
    const shown = await stella(['pressure', 'show', record.id, '--json'], { engine })
    expect(JSON.parse(shown.out)).toEqual(record.journal)
    const text = await stella(['pressure', 'show', record.id], { engine })
    expect(text.out).toContain('cgroup:/stella-test-a did not stay well')
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('undo that leaves something (%s): exit code %i', async (left, exit) => {
    const plan = planExperiment(subjectSeen(), wish())
    const record = pressureRecord(plan, { status: 'interrupted', deviated: false, left })
    const engine = { experiments: () => sampleExperiments({ recover: async () => [record] }) }
    const undone = await stella(['pressure', 'undo', '--json'], { engine })
    expect(undone.code).toBe(exit)
    expect(JSON.parse(undone.out)).toMatchObject({ schema: 'stella.pressure-undo/1' })
  })

  it('takes an experiment from a file, and the target that it names or another one', async () => {
    const engine = { experiments: () => sampleExperiments() }
    const text = JSON.stringify({
      title: 'Less for it',
      configuration: { target: 'cgroup:/stella-test-b', psiCeiling: 5 },
      method: [{ type: 'action', provider: { type: 'cgroup.limit', limit: '50%' } }],
    })
    const planned = async (...more: string[]) => {
      const args = ['pressure', 'run', '--file', '-', '--json', ...more]
      const { code, out, err } = await stella(args, { engine, stdin: text })
      return { code, err, plan: code === 0 ? JSON.parse(out).plan : null }
    }
    expect((await planned()).plan).toMatchObject({
      target: 'cgroup:/stella-test-b',
      experiment: { title: 'Less for it', configuration: { psiCeiling: 5 } },
    })
    const other = await planned('cgroup:/stella-test-a', '--psi-ceiling', '7')
    expect(other.plan).toMatchObject({
      target: 'cgroup:/stella-test-a',
      experiment: { configuration: { psiCeiling: 7 } },
    })
    expect(await planned('--size', '25%')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--size: stands in the file'),
    })
    const bare = ['pressure', 'run', '--file', '-']
    const nameless = { engine, stdin: text.replace('target', 'targets') }
    expect(await stella(bare, nameless)).toMatchObject({
      code: 2,
      err: expect.stringContaining("standard input:1: nobody knows 'targets'"),
    })
    expect(await stella(['pressure', 'run'], { engine })).toMatchObject({ code: 2 })
  })

  it('tighten shows what it would try, and then what it found', async () => {
    const run: ExperimentDesk['run'] = async (plan) => {
      const { pressure } = plan.experiment
      const isTight = pressure.kind === 'limit' && pressure.limitBytes < 60 * MIB
      return pressureRecord(plan, { status: 'completed', deviated: isTight })
    }
    const engine = { experiments: () => sampleExperiments({ run }) }
    const args = ['pressure', 'tighten', 'cgroup:/stella-test-a', '--precision', '1Mi']
    const plan = await stella(args, { engine })
    expect(plan.code).toBe(0)
    expect(plan.out).toContain('between 32 MiB, which it holds for good, and its 128 MiB')
    expect(plan.out).toContain('7 at most, about 84 s')
    expect(plan.out).toContain('Nothing is done yet')
    const found = await stella([...args, '--apply', '--json'], { engine })
    expect(found.code).toBe(0)
    const document = JSON.parse(found.out)
    expect(document).toMatchObject({ schema: 'stella.tighten/1', isFound: true, left: false })
    expect(document.passedBytes).toBeGreaterThanOrEqual(60 * MIB)
    expect(document.passedBytes).toBeLessThanOrEqual(61 * MIB)
    expect(document.failedBytes).toBeLessThan(60 * MIB)
    const text = await stella([...args, '--apply'], { engine })
    expect(text.out).toContain(`The smallest limit that passes is`)
    expect(text.out).toContain('has no headroom')
  })

  it('tighten that was interrupted says what is known, and that it is not all', async () => {
    const run: ExperimentDesk['run'] = async (plan) =>
      pressureRecord(plan, { status: 'interrupted', deviated: false })
    const engine = { experiments: () => sampleExperiments({ run }) }
    const { code, out } = await stella(
      ['pressure', 'tighten', 'cgroup:/stella-test-a', '--apply'],
      { engine },
    )
    expect(code).toBe(4)
    expect(out).toContain('It passes with 128 MiB')
  })

  it('a target needs no word before it, and a word before it changes nothing', async () => {
    const [short, long] = await Promise.all([
      stella(['pressure', 'docker:web']),
      stella(['pressure', 'run', 'docker:web']),
    ])
    expect(short).toEqual(long)
  })
})
