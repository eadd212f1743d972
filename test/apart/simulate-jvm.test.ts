import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { readJvmFlags } from '../../src/simulate/jvm/flags.ts'
import { collectorOf, maxHeapBytes } from '../../src/simulate/jvm/heap.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup, TestProcess } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const JVMS = '/usr/lib/jvm'
/** Every JDK of this machine once: Debian has links to each beside it. */
const JAVAS = existsSync(JVMS)
  ? readdirSync(JVMS, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(JVMS, entry.name, 'bin/java')))
      .map((entry) => join(JVMS, entry.name, 'bin/java'))
  : []

describe.skipIf(requireParts('root', 'java'))('what a real JVM makes of a real limit', () => {
  const groups: TestGroup[] = []
  let folder = ''

  beforeAll(() => {
    folder = testbedFolder(`jvm-${process.pid}`)
    writeFileSync(join(folder, 'Hold.java'), PROGRAM)
    run(['javac', '-d', folder, join(folder, 'Hold.java')])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(async () => {
    for (const made of groups.splice(0)) await made.remove()
  })

  const asked = [
    [128, ''],
    [256, ''],
    [384, ''],
    [512, ''],
    [1000, ''],
    [1024, '-XX:MaxRAMPercentage=75.5'],
    [1024, '-Xms400m'],
    [128, '-XX:MinRAMPercentage=80'],
    [2048, ''],
  ] as const

  it.each(JAVAS)('%s chooses the heap and the collector that are foretold', async (java) => {
    const group = createGroup('jvm', 4096 * MIB)
    groups.push(group)
    for (const [limit, options] of asked) {
      setLimit(group, limit * MIB)
      const words = options === '' ? [] : [options]
      const says = await output(group.start([java, ...words, '-XX:+PrintFlagsFinal', '--version']))
      const machine = { limitBytes: limit * MIB, processors: availableParallelism() }
      const { flags } = readJvmFlags(options)
      expect({ limit, heap: flagOf(says, 'MaxHeapSize') }).toEqual({
        limit,
        heap: String(maxHeapBytes(flags, machine)),
      })
      const isG1 = flagOf(says, 'UseG1GC') === 'true'
      expect(isG1 ? 'g1' : 'serial').toBe(collectorOf(flags, machine))
    }
  })

  it.each([
    ['-Xmx512m -Xms100m -Xss512k', true],
    ['-XX:MaxHeapSize=0x10000000 -XX:ThreadStackSize=2k', true],
    ['-Xmx1.5g', false],
    ['-Xmx512Mi', false],
    ['-XX:MaxRAMPercentage=101', false],
  ])('reads %s as the JVM does', async (options, starts) => {
    const group = createGroup('words', 2048 * MIB)
    groups.push(group)
    const { flags, refused } = readJvmFlags(options)
    expect(refused.length === 0).toBe(starts)
    const words = [...options.split(' '), '-XX:+PrintFlagsFinal', '--version']
    const says = await output(group.start(['java', ...words]))
    expect(says.includes(' MaxHeapSize ')).toBe(starts)
    if (!starts) return
    expect(flagOf(says, 'MaxHeapSize')).toBe(String(flags.maxHeapBytes))
    expect(flagOf(says, 'ThreadStackSize')).toBe(String((flags.stackBytes ?? 0) / 1024))
  })

  it('holds with the options of a plan: a full heap, and all its threads', async () => {
    const asked = ['--limit', '448Mi', '--threads', '60', '--classes', '2000', '--headroom', '6']
    const { out } = await stella(['simulate', 'jvm', ...asked, '--code-cache', '64Mi', '--json'])
    const plan = JSON.parse(out)
    const group = createGroup('plan', 448 * MIB)
    groups.push(group)
    const { child, ended } = group.start(['java', ...plan.flags, '-cp', folder, 'Hold', '60'])
    let said = ''
    let alive = true
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    void ended.then(() => (alive = false))
    await until('the heap is full', () => said.includes('full') || !alive, 60_000)
    expect(said).toContain('full')
    const held = Number(/held (\d+)/.exec(said)?.[1])
    expect(held).toBeGreaterThan(plan.heapBytes * 0.75)
    expect(alive).toBe(true)
    expect(Number(group.read(USAGE[group.version]))).toBeLessThanOrEqual(448 * MIB)
  })
})

const USAGE = { 1: 'memory.usage_in_bytes', 2: 'memory.current' } as const

function setLimit(group: TestGroup, bytes: number): void {
  const file = group.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
  group.write(file, String(bytes))
  expect(group.read(file).trim()).toBe(String(bytes))
}

async function output({ child, ended }: TestProcess): Promise<string> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const closed = new Promise((resolve) => child.on('close', resolve))
  await ended
  await closed
  return text
}

function flagOf(printed: string, name: string): string | undefined {
  return new RegExp(` ${name} +:?= (\\S+)`).exec(printed)?.[1]
}

/** Fills its heap until the JVM says no, with threads beside it, and stays. */
const PROGRAM = `
import java.util.ArrayList;
public class Hold {
  public static void main(String[] words) throws Exception {
    for (int i = 0; i < Integer.parseInt(words[0]); i++) {
      Thread thread = new Thread(Hold::sleep);
      thread.setDaemon(true);
      thread.start();
    }
    ArrayList<byte[]> all = new ArrayList<>(1 << 16);
    long held = 0;
    try {
      for (;;) { byte[] part = new byte[100_000]; all.add(part); held += part.length; }
    } catch (OutOfMemoryError full) {
      System.out.println("held " + held + ", full");
    }
    for (int i = 0; i < all.size(); i++) all.get(i)[0] = 1;
    sleep();
  }
  static void sleep() {
    try { Thread.sleep(600_000); } catch (InterruptedException end) { }
  }
}
`
