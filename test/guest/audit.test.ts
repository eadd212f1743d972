import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KERNELS } from '../../scripts/guest/kernels.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { audit } from '../../src/audit/engine.ts'
import type { Survey } from '../../src/investigate/survey/survey.ts'
import { cannotBoot } from './cannot-boot.ts'

for (const { name } of KERNELS)
  // What no live test may do to the machine of others, and what there is on cgroup v2 alone.
  describe.skipIf(await cannotBoot(name))(`stella audit --live on kernel ${name}`, () => {
    let output = ''
    let seen: Survey

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      await runScripts({ kernel: name, scripts: [['inside-audit.ts']], output, swapMib: 64 })
      seen = JSON.parse(readFileSync(join(output, 'survey.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it('finds every setting that was made wrong, and no other', () => {
      const inputs = seen.documents.map((file) => ({ file, variables: new Map(), isNamed: true }))
      const { findings, problems } = audit(inputs)
      expect(problems).toEqual([])
      const found = findings
        .filter(({ rule }) => rule.id !== 'O01')
        .map(({ rule, severity, message }) => `${rule.id} ${severity} ${message}`)
      expect(found.toSorted()).toEqual([
        'B04 info Redis in docker:4f4f4f4f4f4f warns of it: its fork is refused where its data are larger than memory and swap; set it to 1',
        'B04 warning while it saves, each write to Redis in docker:4f4f4f4f4f4f copies up to 2 MiB',
        'C22 high unbounded: 1 of 3 running containers have no limit (docker:6b6b6b6b6b6b)',
        expect.stringMatching(
          /^O02 high docker:4f4f4f4f4f4f may take 128 MiB, and \/shop above it has 64 MiB$/,
        ),
        expect.stringMatching(
          /^O02 high podman:5a5a5a5a5a5a may take 128 MiB, and \/slow above it is slowed down at 48 MiB$/,
        ),
        'O03 warning vm.swappiness is 0: at its limit no container gets any of 64 MiB of swap',
        expect.stringMatching(/^O05 critical at the limit of any container, the machine panics/),
        'O07 warning when the machine is out of memory, anybody is killed, and not what holds most',
        expect.stringMatching(/^O09 warning 192 MiB, \d+ % of the machine, wait for a program/),
      ])
    })

    it('sees the machine as it is', () => {
      const host = JSON.parse(seen.documents.find(({ path }) => path === 'host')?.text ?? '{}')
      expect(host).toMatchObject({
        cgroup: 2,
        swapAccounting: true,
        transparentHugePages: 'always',
      })
      expect(host.kernel).toMatch(new RegExp(`^${name.replace('.', '\\.')}\\.`))
      expect(typeof host.pressure).toBe('boolean')
    })
  })
