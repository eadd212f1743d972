import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { buildStella } from '../../src/cli/app.ts'
import { commandTree } from '../../src/cli/commands/completion/command-tree.ts'
import { engineWith } from '../../src/cli/live-engine.ts'
import { stella } from '../support/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'stella-missing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const MISSING = join(folder, 'missing.json')
/** What a command needs beside the input, and would be refused for first. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'watch token-file': ['--to', 'http://127.0.0.1:1'],
  'size token-file': ['--prometheus', 'http://127.0.0.1:1', '--query', 'x'],
  'cases export from': ['-o', join(folder, 'out')],
  'audit config': [folder],
}
const BY_SERVER = ['--server', 'http://127.0.0.1:1']
/** What is written, or may not be there yet. */
const IS_WRITTEN = /^(?:output|export|sbom|evidence|data|baseline)$/
const ARGUMENT: Readonly<Record<string, readonly string[]>> = {
  '[<ID>]': ['1'],
  IMAGE: ['debian:12'],
  ID: ['1'],
  NAME: ['1'],
  KEY: ['worker.memory_limit'],
  'KEY|PREFIX': ['worker.memory_limit'],
  CHANGE: ['1'],
}

/** Every option and argument of every command that names something to be read, as a call of it. */
function calls(): [call: string, args: readonly string[]][] {
  return commandTree(buildStella({}).root).flatMap(({ words, options, argument, takesPath }) => {
    const byOption = options
      .filter(({ name, takesPath: isPath }) => isPath && !IS_WRITTEN.test(name))
      .map(({ name }) => {
        const own = BESIDE[`${words.join(' ')} ${name}`]
        const beside = own ?? (name === 'token-file' ? besideToken(words, argument) : [])
        const target = name === 'kubeconfig' ? besideCluster(options, argument) : []
        return [...words, ...beside, ...target, `--${name}`, MISSING]
      })
    const byArgument = takesPath ? [[...words, MISSING]] : []
    return [...byOption, ...byArgument].map((args): [string, readonly string[]] => [
      `stella ${args.join(' ').replaceAll(folder, '')}`,
      args,
    ])
  })
}

function besideToken(words: readonly string[], argument: string | null): readonly string[] {
  const isScanner = /^(?:scanner|doctor|scan|sbom)$/.test(words[0] ?? '')
  const value = words[2] === 'set' && words[1] === 'config' ? ['8Gi'] : []
  const pool = words[1] === 'workers' && /add|set|remove/.test(words[2] ?? '')
  return [
    ...(argument === null || argument === 'fix' ? [] : (ARGUMENT[argument] ?? [])),
    ...value,
    ...(pool ? ['--pool', 'default', '--count', '1'] : []),
    ...(isScanner ? BY_SERVER : []),
  ]
}

function besideCluster(
  options: readonly { name: string }[],
  argument: string | null,
): readonly string[] {
  const names = options.map(({ name }) => name)
  if (names.includes('events')) return ['--events', 'kubernetes', '--node', 'worker-1']
  if (names.includes('cluster')) return ['--cluster', ...(names.includes('once') ? ['--once'] : [])]
  if (names.includes('node')) return ['--node', 'worker-1']
  return argument === null ? [] : ['k8s:shop/cart-0']
}

describe('an input that is not there is told in the same words, with the same exit code, by every command', () => {
  test.each(calls())('%s', async (_call, args) => {
    const answer = await stella(args, { engine: engineWith, env: { STELLA_DATA: folder } })
    expect(answer).toEqual({
      code: 3,
      out: '',
      err: expect.stringMatching(/^stella: \S+\/missing\.json: there is no (?:such file|image)/),
    })
    expect(answer.err).toMatch(/^[^\n]+; [^\n]+\n$/)
  })
})
