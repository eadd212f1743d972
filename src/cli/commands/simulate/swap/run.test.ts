import { describe, expect, it } from 'vitest'
import { stella } from '../../../../../test/support/command-line.ts'

function swap(...args: string[]): ReturnType<typeof stella> {
  return stella(['simulate', 'swap', ...args])
}

async function documentFor(...args: string[]): Promise<unknown> {
  const { code, out, err } = await swap(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

describe('stella simulate swap', () => {
  it('answers 10g - 6g with 4 GiB', async () => {
    const document = await documentFor('--memory', '6g', '--memory-swap', '10g', '--cgroup', 'v2')
    expect(document).toMatchObject({
      schema: 'stella.simulate-swap/1',
      swapBytes: 4_294_967_296,
      killedAtBytes: 10_737_418_240,
      refused: null,
      stored: { memoryBytes: 6_442_450_944, memorySwapBytes: 10_737_418_240 },
      files: [
        { file: 'memory.max', value: '6442450944' },
        { file: 'memory.swap.max', value: '4294967296' },
      ],
      hostSwapBytes: null,
      says: expect.stringContaining('4 GiB (4294967296 bytes) of swap, if the machine has it'),
    })
  })

  it('counts what the machine has, where that is told', async () => {
    const asked = ['--memory', '6g', '--memory-swap', '10g', '--cgroup', 'v1', '--host-swap']
    expect(await documentFor(...asked, '16g')).toMatchObject({ swapBytes: 4_294_967_296 })
    expect(await documentFor(...asked, '1g')).toMatchObject({
      swapBytes: 1_073_741_824,
      says: expect.stringContaining('but the machine has only 1 GiB'),
    })
    expect(await documentFor(...asked, '0')).toMatchObject({
      swapBytes: 0,
      killedAtBytes: 6_442_450_944,
      says: expect.stringContaining('the machine has none'),
    })
  })

  it.each([
    [['--memory', '256m'], /may use 256 MiB .* Docker takes twice the memory/],
    [['--memory', '256m', '--memory-swap', '0'], /--memory-swap is not set \(0 is the same\)/],
    [['--memory', '256m', '--memory-swap', '256m'], /may use no swap.*than 256 MiB/],
    [['--memory', '256m', '--memory-swap', '-1'], /all the swap of the machine.*-1 no limit/],
    [['--memory', '1g', '--memory-swap', '1.5gb'], /512 MiB \(536870912 bytes\) of swap/],
    [['--memory', '0'], /no limit of its own/],
    [['--memory', '256m', '--no-accounting'], /Docker warns: .*Memory limited without swap/],
    [['--memory', '256m', '--swappiness', '0'], /Docker warns: .*swappiness discarded/],
  ])('explains %j on cgroup v2', async (args, words) => {
    const { code, out } = await swap(...args, '--cgroup', 'v2')
    expect(code).toBe(0)
    expect(out.replace(/\s+/g, ' ')).toMatch(words)
  })

  it('explains a swappiness of 0 on cgroup v1', async () => {
    const { out } = await swap('--memory', '256m', '--swappiness', '0', '--cgroup', 'v1')
    expect(out).toMatch(/^The container uses no swap: with a swappiness of 0/)
  })

  it('answers with one line where it is asked to be quiet', async () => {
    const { out } = await swap(
      '--memory',
      '64m',
      '--memory-swap',
      '64m',
      '--cgroup',
      'v2',
      '--quiet',
    )
    expect(out).toBe(
      'The container may use no swap. It is killed when it needs more than 64 MiB (67108864 bytes).\n',
    )
  })

  it('looks at this machine where no cgroup version is given', async () => {
    expect(await documentFor('--memory', '64m')).toMatchObject({
      thisMachine: { cgroup: expect.any(Number) },
      notes: expect.arrayContaining([expect.stringContaining('this machine was looked at')]),
    })
  })

  it.each([
    [['--memory', '64m', '--memory-swap', '63m'], /should be larger than memory limit/],
    [['--memory', '0', '--memory-swap', '64m'], /always set the Memory limit/],
  ])('ends %j with 1: Docker refuses it', async (args, reason) => {
    const { code, out } = await swap(...args, '--cgroup', 'v2', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      refused: expect.stringMatching(reason),
      swapBytes: null,
      killedAtBytes: null,
    })
  })

  it.each([
    [['--memory', '256Mi'], "--memory: '256Mi' is how Kubernetes writes it", 'write 256m,'],
    [['--memory', '5m'], "--memory: '5m' is too small", '6m or more'],
    [['--memory', 'much'], "--memory: 'much' is not a size for Docker", '512m'],
    [['--memory', '-1'], "--memory: '-1' is not a size for Docker", '512m'],
    [['--memory', '1g', '--memory-swap', '2Gi'], "--memory-swap: '2Gi'", 'write 2g,'],
    [['--memory', '1g', '--memory-swap', '-2'], "--memory-swap: '-2'", '512m'],
    [['--memory', '1g', '--host-swap', '8Gi'], "--host-swap: '8Gi'", 'write 8g,'],
    [['--memory', '1g', '--swappiness', '101'], "--swappiness: '101'", '0 to 100'],
    [['--memory', '1g', '--cgroup', 'v3'], "'v3' is not one of v1, v2", "did you mean 'v1'?"],
    [[], '--memory', '--help'],
  ])('ends %j with 2', async (args, what, todo) => {
    const { code, out, err } = await swap(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(what)
    expect(err).toContain(todo)
    expect(err.trimEnd()).not.toContain('\n')
  })
})
