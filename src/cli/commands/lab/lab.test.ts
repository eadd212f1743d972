import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { check, lab, labsFor, play, solve, start } from '../../../../test/support/labs.ts'
import type { Player } from '../../../../test/support/labs.ts'
import { requireParts } from '../../../../test/support/parts.ts'

const data = mkdtempSync(join(tmpdir(), 'stella-labs-'))
const player: Player = { data, backend: 'files' }

afterAll(() => rmSync(data, { recursive: true, force: true }))

describe('labs of files', () => {
  test.each(labsFor('files'))('%s', { timeout: 60_000 }, async (id) => {
    expect(await play(player, id)).toEqual([])
  })
})

test('what somebody has done is kept when the lab is gone', async () => {
  const before = await record('units')
  await start(player, 'units')
  expect(await check(player, 'units')).toMatchObject({ passed: false })
  await lab(player, 'hint', 'units')
  await solve(player, 'units')
  await lab(player, 'stop', 'units')
  expect(await record('units')).toMatchObject({
    starts: Number(before['starts']) + 1,
    attempts: Number(before['attempts']) + 2,
    hints: Number(before['hints']) + 1,
    solved: Number(before['solved']) + 1,
    open: false,
  })
})

test('hints go on with each that is asked for, and change with what does not hold', async () => {
  await start(player, 'units')
  const first = await lab(player, 'hint', 'units')
  const second = await lab(player, 'hint', 'units')
  const third = await lab(player, 'hint', 'units')
  expect(first.document).toMatchObject({ check: 'limit', taken: 1, last: false })
  expect(second.document).toMatchObject({ check: 'limit', taken: 2, last: true })
  expect(second.document['hint']).not.toBe(first.document['hint'])
  expect(third.document).toMatchObject({ hint: second.document['hint'], taken: 2 })
  const names = await lab(player, 'status', 'units')
  const file = join(String(names.document['folder']), 'deployment.yaml')
  rmSync(file)
  expect((await lab(player, 'hint', 'units')).document).toMatchObject({ taken: 3, last: true })
  await lab(player, 'stop', 'units')
})

describe('calls that are wrong, or come at the wrong time', () => {
  test.each([
    [['start', 'unit'], 3, "there is no lab 'unit'"],
    [['check', 'units'], 3, 'it is not open'],
    [['start', 'units', '--backend', 'docker'], 2, 'cannot be made with docker'],
    [['check', 'units', '--answer', 'who'], 2, "'who' is no answer"],
  ])('stella lab %s', async (args, code, says) => {
    const ran = await stella(['lab', ...args, '--data', data])
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' })
    expect(ran.err).toContain(says)
  })

  test('a second start, which names what to do', async () => {
    await start(player, 'units')
    const again = await lab(player, 'start', 'units')
    expect(again.code).toBe(2)
    expect(again.err).toContain('it is open already')
    expect(again.err).toContain("'stella lab status units'")
    expect((await lab(player, 'status', 'units')).code).toBe(0)
    const open = await stella(['lab', 'status', '--data', data])
    expect(open.out).toMatch(/^LAB +TITLE +TAKES +STATE\nunits .* open since [^\n]+\n$/)
    await lab(player, 'stop', 'units')
    expect((await stella(['lab', 'status', '--data', data])).out).toMatch(
      /^No lab is open; 'stella lab list'/,
    )
  })

  test('an answer to a question that is not asked', async () => {
    await start(player, 'units')
    const { code, err } = await lab(player, 'check', 'units', '--answer', 'who=me')
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('it asks nothing') })
    await lab(player, 'stop', 'units')
  })

  test('a question that is open: it says how answers are given', async () => {
    await start(player, 'overcommit')
    const { out } = await stella(['lab', 'check', 'overcommit', '--for', '0s', '--data', data])
    expect(out).toContain("'stella lab check overcommit --answer QUESTION=ANSWER' answers.")
    await lab(player, 'stop', 'overcommit')
  })

  test('no Docker: it says so, and leaves nothing', async () => {
    const nowhere = { ...player, env: { DOCKER_HOST: `unix://${data}/none.sock` } }
    const { code, err } = await lab(nowhere, 'start', 'not-an-oom', '--backend', 'docker')
    expect(code).toBe(3)
    expect(err).toMatch(/docker: docker (?:does not answer|is not installed)/)
    expect((await lab(player, 'status', 'not-an-oom')).code).toBe(3)
  })

  test.skipIf(requireParts('root'))('a program that it needs is not here', async () => {
    const bare: Player = { ...player, backend: 'cgroup', env: { PATH: data } }
    const { code, err } = await lab(bare, 'start', 'snapshot', '--backend', 'cgroup')
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('it needs perl') })
    expect((await lab(player, 'status', 'snapshot')).code).toBe(3)
  })

  test('a state that cannot be read is cleaned up by stop', async () => {
    mkdirSync(join(data, 'labs/units'), { recursive: true })
    writeFileSync(join(data, 'labs/units/state.json'), '{ "half')
    expect((await lab(player, 'check', 'units')).err).toContain("'stella lab stop units'")
    expect(await lab(player, 'stop', 'units')).toMatchObject({ code: 0 })
    expect((await lab(player, 'check', 'units')).err).toContain('it is not open')
  })
})

async function record(id: string): Promise<Record<string, unknown>> {
  const { labs } = (await lab(player, 'list')).document
  const all: unknown[] = Array.isArray(labs) ? labs : []
  for (const each of all) {
    if (typeof each === 'object' && each !== null && Reflect.get(each, 'id') === id)
      return { ...each }
  }
  throw new Error(`${id} is not listed`)
}
