import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { UNKNOWN_HOST } from '../../src/audit/engine.ts'
import { KIB, MIB } from '../../src/model/bytes.ts'
import { everythingFound, inside, serviceWith } from '../support/audited.ts'
import { requireParts } from '../support/parts.ts'
import { startRedis } from '../support/redis.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const { says, saysIn, group, end } = inside()
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-audit-'))
})
afterEach(async () => {
  await end()
  rmSync(folder, { recursive: true, force: true })
})

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const idsOf = (options: string, limitMib: number, command: string): string[] =>
  everythingFound(serviceWith('JAVA_TOOL_OPTIONS', options, limitMib, command)).map(
    ({ rule }) => rule.id,
  )

describe.skipIf(requireParts('root', 'java'))(
  'what the rules that have to be asked for say of Java, held against a real one',
  () => {
    const COMMAND = '[java, -jar, a.jar]'

    /** A flag as the JVM ends up with it. */
    async function flag(name: string, limitMib: number, ...options: string[]): Promise<string> {
      const argv = ['java', ...options, '-XX:+PrintFlagsFinal', '-version']
      const { text } = await says(limitMib, argv)
      return new RegExp(` ${name} +:?= (\\S+)`).exec(text)?.[1] ?? 'none'
    }

    it('J12: direct buffers may take as much as the heap, and what is set where it is set', async () => {
      const file = written(
        'Direct.java',
        'class Direct { public static void main(String[] a) { System.out.print(jdk.internal.misc.VM.maxDirectMemory()); } }',
      )
      const exported = ['--add-exports', 'java.base/jdk.internal.misc=ALL-UNNAMED']
      const direct = async (...options: string[]): Promise<number> => {
        const { text } = await says(1024, ['java', ...options, ...exported, file])
        return Number(/(\d+)$/.exec(text)?.[1])
      }
      const netty = '-Dio.netty.leakDetection.level=simple'
      expect(idsOf(`-Xmx700m ${netty}`, 1024, COMMAND)).toContain('J12')
      // The heap without one of its survivor spaces.
      const most = await direct('-Xmx700m')
      expect(most).toBeGreaterThan(0.9 * 700 * MIB)
      expect(most).toBeLessThanOrEqual(700 * MIB)
      const bounded = '-XX:MaxDirectMemorySize=100m'
      expect(idsOf(`-Xmx700m ${netty} ${bounded}`, 1024, COMMAND)).not.toContain('J12')
      expect(await direct('-Xmx700m', bounded)).toBe(100 * MIB)
    })

    it('J13: nothing bounds the metaspace where nothing is set', async () => {
      expect(idsOf('-Xmx300m', 600, COMMAND)).toContain('J13')
      expect(BigInt(await flag('MaxMetaspaceSize', 600))).toBeGreaterThan(2n ** 60n)
      const option = '-XX:MaxMetaspaceSize=128m'
      expect(idsOf(`-Xmx300m ${option}`, 600, COMMAND)).not.toContain('J13')
      expect(await flag('MaxMetaspaceSize', 600, option)).toBe(String(128 * MIB))
    })

    it('J14: a thread has a stack of 1 MiB', async () => {
      expect(Number(await flag('ThreadStackSize', 600)) * KIB).toBe(MIB)
    })

    it('J17: the heap starts with what -Xms says', async () => {
      expect(await flag('InitialHeapSize', 1024, '-Xms600m')).toBe(String(600 * MIB))
    })

    it.each([
      [1791, true],
      [1792, false],
    ])('J18: with %d MiB, it is %s that one thread collects', async (limit, isSerial) => {
      expect(idsOf('-Xmx600m', limit, COMMAND).includes('J18')).toBe(isSerial)
      // One processor alone is no server either: then the collector is no matter of memory.
      const two = '-XX:ActiveProcessorCount=2'
      expect(await flag('UseSerialGC', limit, two)).toBe(String(isSerial))
    })

    it('J19: native memory is tracked only where it is asked for', async () => {
      expect(idsOf('-Xmx300m', 600, COMMAND)).toContain('J19')
      expect(await flag('NativeMemoryTracking', 600)).toBe('off')
      const option = '-XX:NativeMemoryTracking=summary'
      expect(idsOf(`-Xmx300m ${option}`, 600, COMMAND)).not.toContain('J19')
      expect(await flag('NativeMemoryTracking', 600, option)).toBe('summary')
    })

    it.each([
      ['', 240],
      ['-XX:TieredStopAtLevel=1', 48],
      ['-XX:ReservedCodeCacheSize=64m', 64],
    ])('J20: with %j the code cache is %d MiB', async (option, mebibytes) => {
      expect(idsOf(`-Xmx200m ${option}`, 400, COMMAND).includes('J20')).toBe(mebibytes === 240)
      const options = option === '' ? [] : [option]
      expect(await flag('ReservedCodeCacheSize', 400, ...options)).toBe(String(mebibytes * MIB))
    })
  },
)

describe.skipIf(requireParts('root'))(
  'what the rules say of several Node.js and of reservations, held against a real one',
  () => {
    const PRINT = 'process.stdout.write(require("v8").getHeapStatistics().heap_size_limit+" ")'

    it('N05: each worker of a cluster plans with the whole limit', async () => {
      const input = serviceWith('LANG', 'C', 1024, '[pm2-runtime, server.js, -i, "4"]')
      const found = everythingFound(input).find(({ rule }) => rule.id === 'N05')
      expect(found?.message).toContain('4 heaps of 512 MiB')
      const file = written(
        'server.cjs',
        `const c=require("cluster");if(c.isPrimary)for(let i=0;i<4;i++)c.fork();else{${PRINT};c.worker.disconnect()}`,
      )
      const { text } = await says(1024, [process.execPath, file])
      const heaps = text.trim().split(' ').map(Number)
      expect(heaps).toHaveLength(4)
      for (const heap of heaps) expect(heap).toBeGreaterThanOrEqual(512 * MIB)
    })

    it.skipIf(requireParts('cgroup-v1'))(
      'N11: on cgroup v1 the heap is sized by the reservation',
      async () => {
        const input = serviceWith('LANG', 'C', 2048, '[node, server.js]')
        const text = `${input.file.text}    mem_reservation: 512m\n`
        const reserved = { ...input, file: { ...input.file, text } }
        const ids = everythingFound(reserved, { ...UNKNOWN_HOST, cgroup: 1 })
        expect(ids.map(({ rule }) => rule.id)).toContain('N11')
        const made = group(2048)
        const before = Number((await saysIn(made, [process.execPath, '-e', PRINT])).text)
        made.write('memory.soft_limit_in_bytes', String(512 * MIB))
        const after = Number((await saysIn(made, [process.execPath, '-e', PRINT])).text)
        expect(before).toBeGreaterThan(1000 * MIB)
        expect(after).toBeLessThan(300 * MIB)
      },
    )
  },
)

describe.skipIf(requireParts('root', 'go'))(
  'what the rules say of Go, held against a real one',
  () => {
    /** The program that says which limit its runtime keeps to. */
    function program(): string {
      const source = readFileSync(
        join(REPO, 'fixtures/audit/dialects/programs/memory-limit/main.go'),
        'utf8',
      )
      const file = written('main.go', source)
      run(['go', 'build', '-o', join(folder, 'memory-limit'), file], {
        env: { GO111MODULE: 'off', GOTOOLCHAIN: 'local', GOCACHE: testbedFolder('go-cache') },
        timeoutMs: 180_000,
      })
      return join(folder, 'memory-limit')
    }

    const idsWith = (name: string, value: string): string[] =>
      everythingFound(serviceWith(name, value, 512, '/app'))
        .map(({ rule }) => rule.id)
        .filter((id) => id.startsWith('G'))

    it('G01, G04: it takes no limit from its container, the one of GOMEMLIMIT, and none with the units of others', async () => {
      const built = program()
      expect(idsWith('GOMAXPROCS', '"4"')).toContain('G01')
      expect((await says(512, [built])).text.trim()).toBe(String(2n ** 63n - 1n))
      expect(idsWith('GOMEMLIMIT', '460MiB')).toEqual([])
      expect((await says(512, ['env', 'GOMEMLIMIT=460MiB', built])).text.trim()).toBe(
        String(460 * MIB),
      )
      expect(idsWith('GOMEMLIMIT', '460Mi')).toEqual(['G04'])
      const refused = await says(512, ['sh', '-c', 'GOMEMLIMIT=460Mi exec "$0" 2>&1', built])
      expect(refused.code).toBe(2)
      expect(refused.text).toContain('malformed GOMEMLIMIT')
    })
  },
)

describe.skipIf(requireParts('root', 'redis'))(
  'what the rules say of Redis, held against a real one',
  () => {
    const command = (options: string): string => `[redis-server, ${options}]`
    const idsOfRedis = (options: string, limitMib: number): string[] => {
      const input = serviceWith('LANG', 'C', limitMib, command(options))
      const text = input.file.text.replace(/image: .*/, 'image: redis:7')
      return everythingFound({ ...input, file: { ...input.file, text } }).map(({ rule }) => rule.id)
    }

    it('B01: where nothing is set, it takes keys until the kernel kills it', async () => {
      expect(idsOfRedis('--save, ""', 96)).toContain('B01')
      const redis = await startRedis(group(96))
      try {
        expect(redis.cli('CONFIG', 'GET', 'maxmemory').split('\n').at(-1)).toBe('0')
        expect(() => redis.fill(2_000, 100_000)).toThrow('Server closed the connection')
        expect((await redis.process.ended).signal).toBe('SIGKILL')
      } finally {
        await redis.end()
      }
    })

    it('B02: with maxmemory near the limit, the fork of a snapshot is what kills it', async () => {
      expect(idsOfRedis('--maxmemory, 160mb, --appendonly, "yes"', 192)).toContain('B02')
      const made = group(192)
      const redis = await startRedis(made)
      try {
        redis.cli('CONFIG', 'SET', 'maxmemory', '160mb')
        // Microseconds after each key: the fork lives for some seconds, as that of a large store does, however busy we are.
        redis.cli('CONFIG', 'SET', 'rdb-key-save-delay', '1000')
        redis.fill(14_000, 10_000)
        // At a pace that it keeps up with: what waits to be read counts as its memory, too, and it would refuse to write.
        const writing = redis.write(14_000, 10_000, 4_000)
        // The kernel chooses between the server and its fork, which hold the same pages.
        const counter = made.version === 1 ? 'memory.oom_control' : 'memory.events'
        const kills = (): number => Number(/oom_kill (\d+)/.exec(made.read(counter))?.[1])
        // A snapshot that ended before enough was written is followed by another, as by `save` of its configuration.
        const killed = async (): Promise<boolean> => {
          redis.snapshot()
          await pause(500)
          return kills() > 0
        }
        expect(await until('the kernel kills', killed, 40_000)).toBe(true)
        writing.stop()
      } finally {
        await redis.end()
      }
    }, 60_000)
  },
)

describe.skipIf(requireParts('root', 'web-servers'))(
  'what the rules say of PHP, held against a real one',
  () => {
    const GROW = '$all = []; while (true) { $all[] = str_repeat("x", 1000000); }'

    /** The command line of PHP, or where only its server is installed, none. */
    const php = ['/usr/bin/php'].find((path) => existsSync(path))

    it.skipIf(php === undefined)(
      'P04: without a limit of its own it is killed, with one it says what happened',
      async () => {
        const ids = (setting: string): string[] =>
          everythingFound(
            serviceWith('LANG', 'C', 128, `[php, -d, memory_limit=${setting}, artisan]`),
          ).map(({ rule }) => rule.id)
        expect(ids('-1')).toContain('P04')
        expect(ids('64M')).not.toContain('P04')
        const made = group(128)
        const unbounded = made.start([php ?? '', '-d', 'memory_limit=-1', '-r', GROW])
        expect((await unbounded.ended).signal).toBe('SIGKILL')
        const { text, code } = await says(128, [
          ...['sh', '-c', 'exec "$0" "$@" 2>&1', php ?? ''],
          ...['-d', 'memory_limit=64M', '-r', GROW],
        ])
        expect(code).toBe(255)
        expect(text).toContain('Allowed memory size')
      },
    )
  },
)
