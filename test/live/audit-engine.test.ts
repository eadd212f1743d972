import { totalmem } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, type Finding } from '../../src/audit/engine.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { GIB, MIB } from '../../src/model/bytes.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'

/** Settings of a service, by their names in Compose, and as the engine is told of them. */
const OPTIONS = {
  mem_limit: '--memory',
  memswap_limit: '--memory-swap',
  mem_reservation: '--memory-reservation',
  shm_size: '--shm-size',
  tmpfs: '--tmpfs',
} as const
type Settings = { readonly [Name in keyof typeof OPTIONS]?: string }

function findingsOf(settings: Settings): readonly Finding[] {
  const lines = Object.entries(settings).map(([name, value]) => `    ${name}: ${value}\n`)
  const text = `services:\n  web:\n    image: a\n${lines.join('')}`
  const input = { file: { path: 'compose.yaml', text }, variables: new Map(), isNamed: true }
  return audit([input], undefined, RULES).findings
}

const ids = (settings: Settings): string[] => findingsOf(settings).map(({ rule }) => rule.id)

describe.skipIf(requireParts('root', 'cgroup-v1', 'docker', 'busybox', 'compiler'))(
  'what the rules say of Compose, held against a real engine',
  () => {
    let docker: TestDocker
    let image = ''
    const made: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    afterAll(() => {
      if (made.length > 0) docker.tryCli('rm', '--force', ...made)
    })

    /** What the engine says where it refuses to make such a container; null where it makes it. */
    function refusalOf(settings: Settings): string | null {
      const name = `stella-audit-${process.pid}-${made.length}`
      const options = Object.keys(OPTIONS).flatMap((key) => optionOf(settings, key))
      const { status, stderr } = docker.tryCli(
        'create',
        `--name=${name}`,
        ...options,
        image,
        'true',
      )
      if (status === 0) made.push(name)
      return status === 0 ? null : stderr
    }

    function inspected(settings: Settings, field: string): number {
      expect(refusalOf(settings)).toBeNull()
      const format = `--format={{.HostConfig.${field}}}`
      return Number(docker.cli('inspect', format, made.at(-1) ?? '').trim())
    }

    const LIMITS = [undefined, '4m', '6m', '512k', '512m', '1g', '512Mi', '0.5g']
    const SWAPS = [undefined, '0', '-1', '256m', '512m', '2g', '2Gi']
    const RESERVATIONS = [undefined, '256m', '512m', '768m']
    const COMBINED = LIMITS.flatMap((limit) =>
      SWAPS.flatMap((swap) =>
        RESERVATIONS.map((reservation): Settings => ({
          ...(limit !== undefined && { mem_limit: limit }),
          ...(swap !== undefined && { memswap_limit: swap }),
          ...(reservation !== undefined && { mem_reservation: reservation }),
        })),
      ),
    )

    it(`C06, C07, C15, C16: of ${COMBINED.length} combinations, those are errors that it refuses, and no others`, () => {
      for (const settings of COMBINED) {
        const errors = findingsOf(settings).filter(({ severity }) => severity === 'error')
        const isError = errors.length > 0
        expect({ settings, isError }).toEqual({ settings, isError: refusalOf(settings) !== null })
      }
    }, 240_000)

    it.each([
      [{ mem_limit: '512m', memswap_limit: '256m' }, 'C06', 'should be larger than memory limit'],
      [{ memswap_limit: '256m' }, 'C06', 'always set the Memory limit'],
      [{ mem_limit: '512m', mem_reservation: '1g' }, 'C07', 'less than memory reservation'],
      [{ mem_limit: '512k' }, 'C15', 'Minimum memory limit allowed is 6MB'],
      [{ mem_limit: '512Mi' }, 'C16', 'invalid'],
    ] as const)('%j is refused for what %s says', (settings, rule, says) => {
      expect(ids(settings)).toContain(rule)
      expect(refusalOf(settings)).toContain(says)
    })

    it('C03, C04: where swap is not set, or 0, memory and swap together are twice the limit', () => {
      expect(ids({ mem_limit: '512m' })).toContain('C03')
      expect(inspected({ mem_limit: '512m' }, 'MemorySwap')).toBe(GIB)
      expect(ids({ mem_limit: '512m', memswap_limit: '0' })).toContain('C04')
      expect(inspected({ mem_limit: '512m', memswap_limit: '0' }, 'MemorySwap')).toBe(GIB)
      const mended = { mem_limit: '512m', memswap_limit: '512m' }
      expect(ids(mended)).toEqual([])
      expect(inspected(mended, 'MemorySwap')).toBe(512 * MIB)
    })

    it('C05: -1 is taken, and is no bound at all', () => {
      expect(ids({ mem_limit: '512m', memswap_limit: '-1' })).toContain('C05')
      expect(inspected({ mem_limit: '512m', memswap_limit: '-1' }, 'MemorySwap')).toBe(-1)
    })

    it('C08: a reservation is kept, and no limit comes of it', () => {
      expect(ids({ mem_reservation: '256m' })).toContain('C08')
      expect(inspected({ mem_reservation: '256m' }, 'Memory')).toBe(0)
    })

    /** The size of a file system inside a container with these settings. */
    function sizeInside(settings: Settings, path: string): number {
      const options = Object.keys(OPTIONS).flatMap((key) => optionOf(settings, key))
      const answer = docker.cli(
        'run',
        '--rm',
        '--network=none',
        ...options,
        image,
        'df',
        '-k',
        path,
      )
      return Number(answer.trim().split('\n').at(-1)?.split(/\s+/)[1]) * 1024
    }

    it("C17: a tmpfs without a size is half of the machine's memory, whatever the limit", () => {
      expect(ids({ mem_limit: '512m', tmpfs: '/work' })).toContain('C17')
      const half = sizeInside({ mem_limit: '512m', tmpfs: '/work' }, '/work')
      expect(Math.abs(half - totalmem() / 2)).toBeLessThan(0.01 * totalmem())
      const sized = { mem_limit: '512m', tmpfs: '/work:size=64m' }
      expect(ids(sized)).not.toContain('C17')
      expect(sizeInside(sized, '/work')).toBe(64 * MIB)
    })

    it('C19, C20: /dev/shm has 64 MiB, and what shm_size says, even beyond the limit', () => {
      expect(sizeInside({ mem_limit: '512m' }, '/dev/shm')).toBe(64 * MIB)
      expect(ids({ mem_limit: '512m', shm_size: '1g' })).toContain('C19')
      expect(sizeInside({ mem_limit: '512m', shm_size: '1g' }, '/dev/shm')).toBe(GIB)
    })
  },
)

function optionOf(settings: Settings, key: string): string[] {
  const found = Object.entries(settings).find(([name]) => name === key)?.[1]
  const option = Object.entries(OPTIONS).find(([name]) => name === key)?.[1]
  return found === undefined || option === undefined ? [] : [`${option}=${found}`]
}
