import { describe, expect, it } from 'vitest'
import { stella } from '../../../../../test/support/command-line.ts'

function jvm(...args: string[]): ReturnType<typeof stella> {
  return stella(['simulate', 'jvm', ...args])
}

describe('stella simulate jvm', () => {
  it('divides a limit like the calculators', async () => {
    const asked = ['--limit', '1Gi', '--threads', '250', '--classes', '10000', '--json']
    const { code, out, err } = await jvm(...asked)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const document = JSON.parse(out)
    expect(document).toMatchObject({
      schema: 'stella.simulate-jvm/1',
      heapBytes: 477_453_824,
      flags: expect.arrayContaining(['-Xmx466263K', '-Xss1M']),
      items: expect.arrayContaining([{ name: 'metaspace', bytes: 72_000_000 }]),
    })
    const sum = document.items.reduce(
      (total: number, item: { bytes: number }) => total + item.bytes,
      0,
    )
    expect(sum).toBe(1_073_741_824)
  })

  it('gives options that can be copied, and says what they leave out', async () => {
    const { out } = await jvm('--limit', '1Gi', '--classes', '10000')
    expect(out).toContain('\nJAVA_TOOL_OPTIONS="-Xmx466263K -XX:MaxMetaspaceSize=70312K')
    expect(out).toMatch(/not counted: garbage collector \(Serial\) +about 1\.6 MiB/)
    expect(out).toContain('about 15.6 MiB more than its limit')
  })

  it('says what it assumes where threads and classes are not given', async () => {
    const { code, out } = await jvm('--limit', '1Gi', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      heapBytes: 477_453_824,
      assumed: ['--threads 250', '--classes 10000'],
      notes: expect.arrayContaining([expect.stringContaining('jstat -class PID')]),
    })
    const told = await jvm('--limit', '1Gi', '--threads', '250', '--metaspace', '70Mi', '--json')
    expect(JSON.parse(told.out).assumed).toEqual([])
  })

  it('ends with 1 where nothing is left for a heap', async () => {
    const { code, out } = await jvm('--limit', '512Mi', '--classes', '10000', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ heapBytes: null, flags: [] })
  })

  const seed = ['--threads', '50', '--metaspace', '150Mi', '--direct', '200Mi']

  it('warns of 912 MiB in 1 GiB, and tells what more of it would do', async () => {
    const asked = ['--limit', '1Gi', '--flags', '-Xmx512m', ...seed]
    const { code, out } = await jvm(...asked, '--more-threads', '100', '--more-direct', '50Mi')
    expect(code).toBe(1)
    const text = out.replace(/\s+/g, ' ')
    expect(text).toMatch(/^It fits tightly: 912 MiB .*112 MiB \(10\.9 %\) left .*12 %/)
    expect(text).toContain('With 100 more threads and 50 MiB more of direct buffers it is 1.04 GiB')
    const plain = await jvm(...asked, '--json')
    expect(plain.code).toBe(0)
    expect(JSON.parse(plain.out)).toMatchObject({
      verdict: 'tight',
      budgetBytes: 956_301_312,
      headroomPercent: 10.9,
      whatIf: null,
    })
  })

  it('finds the heap that the JVM would choose', async () => {
    const { out } = await jvm('--limit', '512Mi', '--flags', '', '--json')
    expect(JSON.parse(out)).toMatchObject({ heapBytes: 134_217_728, verdict: 'open' })
  })

  it('ends with 1 where the options promise more than the limit', async () => {
    const { code, out } = await jvm('--limit', '512Mi', '--flags', '-Xmx1g', '--quiet')
    expect(code).toBe(1)
    expect(out).toMatch(/^It does not fit: 1 GiB .* 512 MiB more than the limit of 512 MiB\.\n$/)
  })

  it.each([
    [['--limit', '0', '--classes', '1'], '--limit: a limit of 0', 'the limit of the container'],
    [['--limit', '1g', '--classes', '1'], "--limit: '1g' could mean two sizes", 'write 1Gi'],
    [['--limit', '1Gi', '--threads', '-1'], "--threads: '-1' is not a count", 'whole number'],
    [['--limit', '1Gi', '--classes', 'many'], "--classes: 'many' is not a count", 'whole number'],
    [['--limit', '1Gi', '--headroom', '100'], "--headroom: '100'", 'below 100'],
    [['--limit', '1Gi', '--classes', '1', '--more-threads', '1'], '--more-threads', '--flags'],
    [['--limit', '1Gi', '--flags', '-Xmx1.5g'], "does not start with '-Xmx1.5g'", '-Xmx1536m'],
    [
      ['--limit', '1Gi', '--flags', '-Xms2g -Xmx1g'],
      '--flags: the JVM does not start',
      'lower -Xms',
    ],
    [
      ['--limit', '1Gi', '--flags', '', '--headroom', '5'],
      '--headroom: belongs to a plan',
      'leave',
    ],
    [['--limit', '1Gi', '--flags', '', '--stack', '1Mi'], '--stack: belongs to a plan', '-Xss'],
    [['--classes', '1'], '--limit', '--help'],
  ])('ends %j with 2', async (args, what, todo) => {
    const { code, out, err } = await jvm(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(what)
    expect(err).toContain(todo)
    expect(err.trimEnd()).not.toContain('\n')
  })
})
