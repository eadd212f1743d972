import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSwapMachine } from '../../src/cli/commands/simulate/swap/this-machine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { forecastSwap, type SwapForecast } from '../../src/simulate/swap.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { swapOn } from '../support/swap-file.ts'
import type { SwapFile } from '../support/swap-file.ts'
import { until } from '../support/testbed.ts'

const SWAP_BYTES = 160 * MIB
const PLAIN = { memorySwapBytes: 0, swappiness: null, accounting: true }

type Made = Extract<SwapForecast, { refused: null }>

describe.skipIf(requireParts('root', 'cgroup-v1', 'compiler', 'swap'))(
  'the forecast of a container with real swap',
  () => {
    const groups: TestGroup[] = []
    let file: SwapFile
    let program = ''
    let hadSwap = false

    beforeAll(async () => {
      program = await hog()
      hadSwap = (readSwapMachine(hostReader()).swapBytes ?? 0) > 0
      file = swapOn(SWAP_BYTES)
    })
    afterAll(() => file?.off())
    beforeEach(roomForReports)
    afterEach(async () => {
      for (const made of groups.splice(0)) await made.remove()
    })

    /** A group with the files as Docker writes them, and a program in it that needs so much memory. */
    async function grow(name: string, made: Made, needs: number): Promise<Grown> {
      const group = createGroup(name, made.stored.memoryBytes)
      groups.push(group)
      for (const { file: setting, value } of made.files) {
        group.write(setting, value)
        expect(group.read(setting).trim()).toBe(value)
      }
      const { child, ended } = group.start([program, `anon=${needs / MIB}M`, 'say=holds', 'stay'])
      let holds = false
      let killed = false
      child.stdout?.on('data', () => (holds = true))
      void ended.then(() => (killed = true))
      await until('it holds or is killed', () => holds || killed)
      const most = Number(group.read('memory.memsw.max_usage_in_bytes'))
      const used = Number(/^swap (\d+)$/m.exec(group.read('memory.stat'))?.[1])
      return { killed, most, used }
    }

    it.each([
      ['unset', 0, null],
      ['same', 48 * MIB, null],
      ['more', 72 * MIB, null],
      ['never', 0, 0],
    ])(
      '%s: survives below its end and is killed above it',
      async (name, memorySwapBytes, swappiness) => {
        const made = forecast({ memorySwapBytes, swappiness })
        const end = made.killedAtBytes ?? 0
        const below = await grow(`${name}-below`, made, end - 4 * MIB)
        expect(below.killed).toBe(false)
        expect(below.used).toBeLessThanOrEqual(made.swapBytes ?? 0)
        expect(below.used).toBeGreaterThan((made.swapBytes ?? 0) - 8 * MIB)

        const above = await grow(`${name}-above`, made, end + 4 * MIB)
        expect(above.killed).toBe(true)
        expect(above.most).toBeGreaterThan(end - MIB)
        expect(above.most).toBeLessThanOrEqual(end + MIB)
      },
    )

    it('without a limit on swap it goes as far as the swap of the machine', async () => {
      const made = forecast({ memorySwapBytes: -1 })
      expect(made.killedAtBytes).toBeGreaterThan(48 * MIB + SWAP_BYTES - MIB)
      const below = await grow('unlimited-below', made, 48 * MIB + SWAP_BYTES - 32 * MIB)
      expect(below.killed).toBe(false)
      // Swap that was there before is another's.
      if (hadSwap) return
      const above = await grow('unlimited-above', made, 48 * MIB + SWAP_BYTES + 8 * MIB)
      expect(above.killed).toBe(true)
    })

    it('is told of the swap of this machine', async () => {
      const { out } = await stella(['simulate', 'swap', '--memory', '48m', '--json'])
      const { thisMachine } = JSON.parse(out)
      expect(thisMachine).toMatchObject({ cgroup: 1, accounting: true })
      expect(thisMachine.swapBytes).toBeGreaterThan(SWAP_BYTES - MIB)
    })

    function forecast(given: { memorySwapBytes: number; swappiness?: number | null }): Made {
      const { cgroup, swapBytes } = readSwapMachine(hostReader())
      const setting = {
        ...PLAIN,
        ...given,
        cgroup,
        memoryBytes: 48 * MIB,
        hostSwapBytes: swapBytes,
      }
      return accepted(forecastSwap(setting))
    }
  },
)

describe.skipIf(requireParts('root', 'cgroup-v1', 'docker', 'compiler', 'busybox'))(
  'what Docker really makes of --memory-swap',
  () => {
    const names: string[] = []
    let docker: TestDocker
    let image = ''

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    it.each([
      ['64m', null],
      ['64m', '0'],
      ['64m', '64m'],
      ['64m', '100m'],
      ['64m', '-1'],
      ['64MiB', '1.5gb'],
      ['0', '-1'],
    ])('stores and writes what is told for -m %s --memory-swap %s', async (memory, memorySwap) => {
      const flags = [
        `--memory=${memory}`,
        ...(memorySwap === null ? [] : [`--memory-swap=${memorySwap}`]),
      ]
      const { out } = await stella(['simulate', 'swap', ...flags, '--cgroup', 'v1', '--json'])
      const told = JSON.parse(out)
      const { id, host } = start(flags)
      expect(host).toMatchObject({
        Memory: told.stored.memoryBytes,
        MemorySwap: told.stored.memorySwapBytes,
      })
      const folder = `/sys/fs/cgroup/memory/docker/${id}`
      for (const { file, value } of told.files) {
        expect(readFileSync(`${folder}/${file}`, 'utf8').trim()).toBe(value)
      }
    })

    it.each([
      ['64m', '63m'],
      ['0', '64m'],
    ])(
      'refuses -m %s --memory-swap %s with the words that are told',
      async (memory, memorySwap) => {
        const flags = [`--memory=${memory}`, `--memory-swap=${memorySwap}`]
        const { out } = await stella(['simulate', 'swap', ...flags, '--cgroup', 'v1', '--json'])
        const { status, stderr } = docker.tryCli('create', ...flags, '--network=none', image, 'hog')
        expect(status).not.toBe(0)
        expect(stderr).toContain(JSON.parse(out).refused)
      },
    )

    function start(flags: readonly string[]): { id: string; host: unknown } {
      const name = `stella-test-${process.pid}-swap-${names.length}`
      names.push(name)
      docker.cli(
        'run',
        '--detach',
        '--network=none',
        `--name=${name}`,
        ...flags,
        image,
        'hog',
        'stay',
      )
      const [inspected] = JSON.parse(docker.cli('inspect', name))
      return { id: inspected.Id, host: inspected.HostConfig }
    }
  },
)

interface Grown {
  killed: boolean
  /** Memory and swap together, bytes. */
  most: number
  /** Swap while it held. */
  used: number
}

function accepted(made: SwapForecast): Made {
  if (made.refused !== null) throw new Error(made.refused)
  return made
}
