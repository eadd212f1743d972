import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeFlags } from './flags.ts'

const old = (command: readonly string[], options: string | null = null) =>
  nodeFlags(command, options).oldSpace

describe('flags of Node', () => {
  it.each([
    [['node', '--max-old-space-size=200', 'app.js'], 200],
    [['node', '--max_old_space_size=200', 'app.js'], 200],
    [['node', '--max-old-space-size=200', '--max-old-space-size=300'], 300],
    [['node', '-r', './tracing.js', '--max-old-space-size=200', 'app.js'], 200],
    [['node', '--import', './tracing.js', '--max-old-space-size=200', 'app.js'], 200],
    [['node', '-e', 'run()', '--max-old-space-size=200'], 200],
  ])('are read ahead of the script: %j', (command, value) => {
    expect(old(command)).toMatchObject({ value, from: 'the command line' })
  })

  it.each([
    [['node', 'app.js', '--max-old-space-size=200']],
    [['node', '--', '--max-old-space-size=200']],
    [['node', '--max-old-space-size', '200', 'app.js']],
    [['node', '--max-old-space-size=0', 'app.js']],
    [['node', '--max-old-space-size=much', 'app.js']],
    [['node']],
    [[]],
  ])('are none behind it, or where they say nothing: %j', (command) => {
    expect(old(command)).toBeNull()
  })

  it('of the command line win over NODE_OPTIONS', () => {
    expect(old(['node', '--max-old-space-size=200'], '--max-old-space-size=700')?.value).toBe(200)
    expect(old(['node'], '--max-old-space-size=700')).toEqual({
      value: 700,
      words: '--max-old-space-size=700',
      from: 'NODE_OPTIONS',
    })
  })

  it('stand in quotes in NODE_OPTIONS where they hold a blank', () => {
    const options = '--require "./a b.js"  "--max-old-space-size=700" --inspect=0.0.0.0:9229'
    expect(nodeFlags(['node'], options)).toMatchObject({
      oldSpace: { value: 700 },
      inspector: '--inspect=0.0.0.0:9229',
    })
  })

  it('can be any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (command, options) => {
        const { oldSpace } = nodeFlags(command, options)
        expect(oldSpace === null || oldSpace.value > 0).toBe(true)
      }),
    )
  })
})
