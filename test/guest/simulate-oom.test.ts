import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runScripts } from '../../scripts/guest/script.ts'
import { hog } from '../support/hog.ts'
import type { PlayedScene } from '../support/oom-scene.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.1'

describe.skipIf(await cannotBoot(KERNEL))(
  `whom kernel ${KERNEL} takes on cgroup v2, foretold`,
  () => {
    let output = ''

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      const program = await hog()
      await runScripts({
        kernel: KERNEL,
        scripts: [['inside-oom.ts', `/programs/${basename(program)}`, '/out/oom.json']],
        output,
        program,
      })
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it.each([
      ['lowered', ['m1']],
      ['protected', ['m2']],
      ['all-below-none', ['m0']],
      ['other-group', ['m0']],
    ])('%s: one dies', (name, expected) => {
      const { foretold, killed } = scene(name)
      expect(foretold).toEqual(expected)
      expect(killed[0]).toBe(expected[0])
    })

    it.each([
      ['outer-group', ['last', 'm0', 'm1']],
      ['inner-group', ['m0', 'm1']],
    ])('%s: all of it die but who is protected', (name, expected) => {
      const { foretold, killed } = scene(name)
      expect(foretold[0]).toBe('m0')
      expect(foretold.toSorted()).toEqual(expected)
      expect(killed.toSorted()).toEqual(expected)
    })

    it('any scores from -1000 on: the foretold one dies', () => {
      const any = played().filter(({ name }) => name.startsWith('any-'))
      expect(any).toHaveLength(6)
      expect(any.map(({ foretold }) => foretold[0])).toEqual(any.map(({ killed }) => killed[0]))
    })

    function played(): PlayedScene[] {
      return JSON.parse(readFileSync(join(output, 'oom.json'), 'utf8'))
    }

    function scene(name: string): PlayedScene {
      const found = played().find((one) => one.name === name)
      if (found === undefined) throw new Error(`${name} was not played`)
      return found
    }
  },
)
