import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'

function isInstalled(shell: string): boolean {
  const found = spawnSync(shell, ['--version']).error === undefined
  if (!found) console.warn(`skipped: needs ${shell}`)
  return found
}

/** What bash offers for a command line that ends where the cursor stands. */
function offered(script: string, words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const probe = [
    'compopt() { :; }',
    "stella() { [[ $1 == targets ]] && printf '%s\\n' docker:web docker:worker podman:web; }",
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
    [[''], expect.arrayContaining(['why', 'diagnose', 'cases', 'completion'])],
    [['c'], ['cases', 'completion']],
    [
      ['cases', ''],
      ['list', 'show', 'export', 'import'],
    ],
    [['completion', 'f'], ['fish']],
    [['why', '--j'], ['--json']],
    [['diagnose', '--no'], ['--no-color']],
    [
      ['why', 'd'],
      ['docker:', 'docker:web', 'docker:worker'],
    ],
    // A bare name becomes what it names.
    [
      ['why', 'w'],
      ['docker:web', 'docker:worker', 'podman:web'],
    ],
    [['why', 'x'], []],
    // A colon is a word of its own to readline, which replaces what follows it.
    [
      ['why', 'docker', ':'],
      ['web', 'worker'],
    ],
    [['why', 'docker', ':', 'wo'], ['worker']],
    [['audit', '--format', '=', 's'], ['sarif']],
    [['cases', 'export', '--o'], ['--output']],
    [['--h'], ['--help']],
    [['audit', '--format', 's'], ['sarif']],
    [
      ['audit', '--cgroup', ''],
      ['v1', 'v2'],
    ],
  ])('%j', async (words, expected) => {
    const { out } = await stella(['completion', 'bash'])
    expect(offered(out, words)).toEqual(expected)
  })

  test('a path is completed where an option takes one, and where the argument is one', async () => {
    const { out } = await stella(['completion', 'bash'])
    expect(offered(out, ['why', '--from', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['cases', 'show', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['audit', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['audit', '--baseline', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['cases', 'import', 'package.js'])).toEqual(['package.json'])
    expect(offered(out, ['audit', 'package.js'])).toEqual(['package.json'])
  })
})

const FISH_TARGETS = 'function stella; printf "%s\\n" docker:web docker:worker podman:web; end'

describe.skipIf(!isInstalled('fish'))('fish', () => {
  test.each([
    ['stella c', ['cases', 'completion']],
    ['stella cases ', ['export', 'import', 'list', 'show']],
    ['stella why --j', ['--json']],
    ['stella diagnose --no', ['--no-color']],
    ['stella why d', ['docker:', 'docker:web', 'docker:worker']],
    ['stella why docker:wo', ['docker:worker']],
    ['stella audit --format s', ['sarif']],
    ['stella audit --baseline package.js', ['package.json']],
  ])('%s', async (line, expected) => {
    const { out } = await stella(['completion', 'fish'])
    const printed = execFileSync(
      'fish',
      ['--no-config', '-c', `${FISH_TARGETS}\n${out}\ncomplete -C '${line}'`],
      {
        encoding: 'utf8',
      },
    )
    expect(printed.split('\n').flatMap((entry) => entry.split('\t')[0] || [])).toEqual(expected)
  })
})

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  test('accepts its script', async () => {
    const { out } = await stella(['completion', 'zsh'])
    const { status, stderr } = spawnSync('zsh', ['-f', '-n'], { input: out, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

test('every command and option of the program is in every script', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await stella(['completion', shell])
    for (const word of ['diagnose', 'export', 'show', 'since', 'markdown', 'no-color', 'output']) {
      expect(out).toContain(word)
    }
  }
})
