import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { RECORDED, recordingDesk, SUMMARY } from '../../../../test/support/recording-desk.ts'
import { unreachableError } from '../../../model/errors.ts'
import { readSeries } from '../../../parsers/series/index.ts'
import type { RecordingDesk } from '../../engine.ts'

const run = (args: readonly string[], desk: RecordingDesk = recordingDesk()) =>
  stella(['record', ...args, '--data', '/data'], { engine: { recordings: () => desk } })

describe('recording', () => {
  it('says what it does on standard error, and what it has done at the end', async () => {
    expect(await run(['docker:web'])).toEqual({
      code: 0,
      err: 'recording docker web into /data/recordings/docker-web\n',
      out: '2 samples of docker web, from 1 KiB to 2 KiB, 1 restart\n',
    })
    expect(await run(['docker:web', '--quiet'])).toEqual({ code: 0, err: '', out: '' })
  })

  it('answers a script in one document', async () => {
    const { out } = await run(['docker:web', '--json'])
    expect(JSON.parse(out)).toEqual({
      schema: 'stella.record/1',
      subject: { platform: 'docker', name: 'web', id: 'c0ffee', image: 'web:1' },
      folder: '/data/recordings/docker-web',
      ...SUMMARY,
      from: '2026-05-01T11:00:00.000Z',
      to: '2026-05-01T11:00:01.000Z',
    })
  })

  it('says so where there was nothing', async () => {
    const nothing = { ...SUMMARY, samples: 0, lowestBytes: null, highestBytes: null }
    const { out, code } = await run(['docker:web'], recordingDesk({ close: () => nothing }))
    expect([out, code]).toEqual(['nothing recorded: docker web did not run\n', 0])
  })

  it('writes what it holds also where a round fails', async () => {
    let closed = 0
    const desk = recordingDesk({
      round: async () => {
        throw unreachableError('there is no room left', '/data', 'make room')
      },
      close: () => {
        closed++
        return SUMMARY
      },
    })
    const { code, err } = await run(['docker:web'], desk)
    expect([code, closed]).toEqual([3, 1])
    expect(err).toContain('stella: /data: there is no room left; make room')
  })
})

describe('what is recorded', () => {
  it('is listed', async () => {
    const { out, code } = await run(['--list'])
    expect(code).toBe(0)
    expect(out).toMatch(/^SUBJECT .*\ndocker web +2026-05-01 .* 2 +500 B\n$/)
    const { recordings } = JSON.parse((await run(['--list', '--json'])).out)
    expect(recordings).toMatchObject([{ subject: { name: 'web' }, samples: 2, writerPid: null }])
    const empty = await run(['--list'], { ...recordingDesk(), list: () => [] })
    expect(empty).toEqual({ code: 0, err: '', out: 'nothing is recorded in /data\n' })
  })

  it('is exported as a table that is read back the same', async () => {
    const { out } = await run(['docker:web', '--export', '-'])
    expect(out).toBe(
      'time,bytes,limit,marks\n1777633200.000,1000,4096,\n1777633201.000,2000,4096,"start: restarted"\n',
    )
    const { samples, marks } = readSeries(out, 'x').group
    expect([samples, marks]).toEqual([RECORDED.group.samples, RECORDED.group.marks])
    const folder = mkdtempSync(join(tmpdir(), 'stella-export-'))
    try {
      const file = join(folder, 'web.csv')
      expect(await run(['web', '--export', file])).toEqual({ code: 0, err: '', out: '' })
      expect(readFileSync(file, 'utf8')).toBe(out)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each([
    [['docker:other', '--export', '-'], 3, 'nothing is recorded of it'],
    [['host', '--export', '-'], 3, 'nothing is recorded of it'],
    [['docker:web', '--export', '/nothing/web.csv'], 3, 'it could not be written (ENOENT)'],
    [[], 2, 'there is no target to record'],
    [['docker:web', '--every', '0s'], 2, "'0s' is out of range"],
    [['docker:web', '--for', 'long'], 2, "'long' is not a duration"],
  ])('%j ends with %i', async (args, code, says) => {
    const answer = await run(args)
    expect(answer.code).toBe(code)
    expect(answer.err).toContain(says)
  })

  it('has to be named where there are several', async () => {
    const desk = recordingDesk()
    const [web] = desk.list()
    if (web === undefined) throw new Error('there is one')
    const api = { ...web, subject: { ...web.subject, name: 'api' } }
    const { code, err } = await run(['--export', '-'], { ...desk, list: () => [web, api] })
    expect(code).toBe(2)
    expect(err).toContain('2 recordings are meant: docker:web, docker:api; name one of them')
  })
})
