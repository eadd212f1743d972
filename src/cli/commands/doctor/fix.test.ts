import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../../../scripts/lib/repo.ts'
import { NOW, stella } from '../../../../test/support/command-line.ts'
import { requireParts } from '../../../../test/support/parts.ts'
import { startScanner } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { openCaseJournal } from '../../../store/cases.ts'

function recordsIn(out: string): readonly string[] {
  return JSON.parse(out).mendings.map(({ record }: { record: { id: string } }) => record.id)
}

describe('a data folder', () => {
  let data = ''
  let journal = ''
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'stella-doctor-fix-'))
    const written = openCaseJournal(data, { now: () => NOW })
    written.append([{ kind: 'watch', at: NOW, what: 'started', source: null, says: '' }])
    written.append([{ kind: 'watch', at: NOW, what: 'stopped', source: null, says: '' }])
    written.close()
    journal = join(data, 'cases', 'watch-00000001.jsonl')
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  /** One letter of the line before the last: its checksum does not fit any more. */
  function damage(): string {
    const whole = readFileSync(journal, 'utf8')
    writeFileSync(journal, whole.replace('started', 'starred'))
    return readFileSync(journal, 'utf8')
  }

  function openToOthers(): void {
    chmodSync(data, 0o755)
    chmodSync(join(data, 'cases'), 0o755)
  }

  const mode = () => statSync(join(data, 'cases')).mode & 0o777

  function fix(...args: readonly string[]) {
    return stella(['doctor', 'fix', '--data', data, ...args])
  }

  it('is mended as the plan says, and the bytes come back with --undo', async () => {
    const damaged = damage()
    openToOthers()
    const plan = await fix('--check', 'stella.store')
    expect(plan.code).toBe(0)
    expect(plan.out).toContain(`${join(data, 'cases')}: 755 -> 700`)
    expect(plan.out).toContain(`chmod 700 ${join(data, 'cases')}`)
    expect(plan.out).toContain(
      `Nothing is changed yet. To do it: stella doctor fix --check stella.store --data ${data} --apply`,
    )
    expect([readFileSync(journal, 'utf8'), mode()]).toEqual([damaged, 0o755])

    const made = await fix('--check', 'stella.store', '--apply', '--json')
    expect(made.code).toBe(0)
    expect(JSON.parse(made.out).mendings).toMatchObject([
      { state: 'made', record: { state: 'applied' }, after: { helped: true } },
      { state: 'made', record: { state: 'applied' }, after: { status: 'pass', helped: true } },
    ])
    expect(mode()).toBe(0o700)
    // Nobody who has read up to a place in it, or writes at its end, is disturbed.
    expect(readFileSync(journal, 'utf8')).toHaveLength(damaged.length)

    const again = await fix('--check', 'stella.store', '--apply')
    expect([again.code, again.out]).toEqual([0, 'Nothing is wrong that could be mended\n'])

    for (const id of recordsIn(made.out).toReversed()) {
      const back = await fix('--undo', id)
      expect([back.code, back.err]).toEqual([0, ''])
    }
    expect([readFileSync(journal, 'utf8'), mode()]).toEqual([damaged, 0o755])
  })

  it('loses nothing that was written while the damage was taken out', async () => {
    damage()
    const made = await fix('--check', 'stella.store', '--apply', '--json')
    const watching = openCaseJournal(data, { now: () => NOW })
    watching.append([{ kind: 'watch', at: NOW, what: 'started', source: null, says: 'anew' }])
    watching.close()
    const later = readFileSync(journal, 'utf8')
    await fix('--undo', recordsIn(made.out)[0] ?? '')
    const back = readFileSync(journal, 'utf8')
    expect(back).toContain('starred')
    expect(back.split('\n').at(-2)).toBe(later.split('\n').at(-2))
  })

  it('asks at a terminal, and leaves what is not wanted', async () => {
    damage()
    openToOthers()
    const args = ['doctor', 'fix', '--data', data, '--check', 'stella.store', '--apply']
    const { code, out, err } = await stella(args, { columns: 80, stdin: 'n\ny\n' })
    expect(code).toBe(0)
    expect(err).toMatch(/^Take 1 line .* out of the journal of cases\? \[y\/n\/q\] /)
    expect(out).toContain('Left as it is')
    expect(readFileSync(journal, 'utf8')).toContain('starred')
    expect(mode()).toBe(0o700)
  })

  it('is told apart from what is for a person', async () => {
    const { code, out } = await fix('--check', 'stella.watch')
    expect(code).toBe(1)
    expect(out).toMatch(/^1 problem, and none that stella can mend itself\n\nFor a person\n/)
    expect(out).toContain('do:   start stella watch')
  })

  it.skipIf(requireParts('root', 'setpriv'))(
    'of another user is left alone, with what to do',
    () => {
      openToOthers()
      mkdirSync(join(data, 'fixes'), { mode: 0o755 })
      chmodSync(join(data, 'fixes'), 0o755)
      chmodSync(journal, 0o644)
      chownSync(data, 65_534, 65_534)
      const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
      const stellaCall = [process.execPath, LAUNCHER, 'doctor', 'fix', '--check', 'stella.store']
      const ran = spawnSync('setpriv', [...nobody, ...stellaCall, '--apply', '--data', data], {
        encoding: 'utf8',
      })
      expect(ran.status, ran.stderr).toBe(3)
      expect(ran.stdout).toContain('belongs to user 0, and stella runs as user 65534')
      expect(ran.stdout).toContain('do:   run stella as its owner, or as root')
      expect(mode()).toBe(0o755)
    },
  )
})

describe('a scanner', () => {
  const CHECK = ['--check', 'scanner.routing']
  let scanner: TestScanner
  let url = ''
  let data = ''
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'stella-doctor-fix-'))
    scanner = await startScanner()
    url = await scanner.serve()
    const request = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
    await scanner.desk.submit({ ...request, image: 'large:1' }, 'x')
    await scanner.finish('default', {})
  }, 60_000)
  afterEach(async () => {
    await scanner.end()
    rmSync(data, { recursive: true, force: true })
  })

  function fix(...args: readonly string[]) {
    return stella(['doctor', 'fix', '--data', data, '--server', url, ...args])
  }

  async function state() {
    const [settings, pools] = [await scanner.desk.settings(), await scanner.desk.pools()]
    return {
      pool: settings.find(({ key }) => key === 'routing.large_image_pool')?.value,
      workers: pools.find(({ name }) => name === 'large-images')?.count,
    }
  }

  it('gets the pool that its large images miss, kept in its history, until it is taken back', async () => {
    const plan = await fix(...CHECK)
    expect(plan.code).toBe(0)
    expect(plan.out).toContain('routing.large_image_pool: not set -> large-images')
    expect(plan.out).toContain(
      'stella scanner workers add --pool large-images --memory 16Gi --count 1',
    )
    expect(await state()).toEqual({ pool: null, workers: undefined })

    const made = await fix(...CHECK, '--apply', '--json')
    expect(made.code).toBe(0)
    expect(await state()).toEqual({ pool: 'large-images', workers: 1 })
    expect(await scanner.desk.history({ limit: 1 })).toMatchObject([
      { key: 'routing.large_image_pool', from: null, to: 'large-images' },
    ])

    const back = await fix('--undo', recordsIn(made.out)[0] ?? '')
    expect([back.code, back.err]).toEqual([0, ''])
    expect(await state()).toEqual({ pool: null, workers: 0 })
  })

  it('is not written over where somebody else set it since', async () => {
    const made = await fix(...CHECK, '--apply', '--json')
    const [id = ''] = recordsIn(made.out)
    await scanner.desk.set('routing.large_image_pool', 'default', 'somebody')
    const refused = await fix('--undo', id)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('somebody else') })
    expect(await state()).toEqual({ pool: 'default', workers: 1 })
    expect(await fix('--undo', id, '--force')).toMatchObject({ code: 0 })
    expect(await state()).toEqual({ pool: null, workers: 0 })
  })

  it('is told from another one', async () => {
    const made = await fix(...CHECK, '--apply', '--json')
    const [id = ''] = recordsIn(made.out)
    const elsewhere = ['doctor', 'fix', '--data', data, '--server', 'http://127.0.0.1:9']
    expect(await stella([...elsewhere, '--undo', id])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`it was made on the scanner ${url}`),
    })
    expect(await state()).toEqual({ pool: 'large-images', workers: 1 })
  })
})

it.each([
  [['doctor', '--apply'], "--apply: has a meaning with 'stella doctor fix' alone"],
  [['doctor', 'heal'], "'heal' is nothing that the doctor does"],
  [['doctor', 'fix', '--yes'], '--yes: has a meaning with --apply alone'],
  [['doctor', 'fix', '--undo', 'x', '--apply'], 'exclude each other'],
  [['doctor', 'fix', '--format', 'markdown'], '--format: a plan is told as text or JSON'],
])('%s is a wrong call', async (args, says) => {
  const { code, err } = await stella(args)
  expect([code, err]).toEqual([2, expect.stringContaining(says)])
})

it('says where records are when there is none of that name', async () => {
  const { code, err } = await stella(['doctor', 'fix', '--undo', 'fix-1', '--data', '/nowhere'])
  expect([code, err]).toEqual([3, expect.stringContaining('there is no fix fix-1')])
})
