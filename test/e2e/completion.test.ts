import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['--version']).error === undefined
}

/** What bash offers for a command line that ends where the cursor stands. */
function offered(script: string, words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const probe = [
    'compopt() { :; }',
    script,
    `COMP_WORDS=(stella ${quoted})`,
    `COMP_CWORD=${words.length}`,
    '_stella',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n')
  const printed = execFileSync('bash', ['--norc', '-eu', '-c', probe], { encoding: 'utf8' })
  return printed.split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test.each([
    [[''], ['why', 'diagnose', 'cases', 'completion']],
    [['c'], ['cases', 'completion']],
    [
      ['cases', ''],
      ['export', 'show'],
    ],
    [['completion', 'f'], ['fish']],
    [['why', '--j'], ['--json']],
    [['diagnose', '--no'], ['--no-color']],
    [['why', 'd'], ['docker:']],
    [['cases', 'export', '--o'], ['--output']],
    [['--h'], ['--help']],
  ])('%j', async (words, expected) => {
    const { out } = await stella(['completion', 'bash'])
    expect(offered(out, words)).toEqual(expected)
  })

  test('a path is completed where an option takes one, and where the argument is one', async () => {
    const { out } = await stella(['completion', 'bash'])
    expect(offered(out, ['why', '--from', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['cases', 'show', 'package.js'])).toEqual(['package.json'])
  })
})

test.each(['zsh', 'fish'])('%s accepts its script', async (shell) => {
  const { code, out } = await stella(['completion', shell])
  expect(code).toBe(0)
  if (!isInstalled(shell)) {
    console.log(`${shell} is not installed: its script is not run here`)
    expect(out).toContain('stella')
    return
  }
  const { status, stderr } = spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('every command and option of the program is in every script', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await stella(['completion', shell])
    for (const word of ['diagnose', 'export', 'show', 'since', 'markdown', 'no-color', 'output']) {
      expect(out).toContain(word)
    }
  }
})
