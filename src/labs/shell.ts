/** Commands of a lab: they come with stella, and are shown before they are carried out. */
import { EXIT, StellaError } from '../model/errors.ts'
import { quoted } from './backends/backend.ts'
import type { Bench } from './bench.ts'

const LONGEST_MS = 180_000
const MOST_BYTES = 256 * 1024

/** @throws StellaError (unreachable) where it does not end with 0 */
export async function runShell(
  { reader, stella, dataFolder }: Pick<Bench, 'reader' | 'stella' | 'dataFolder'>,
  commands: string,
  what: string,
): Promise<string> {
  const self = `stella() { ${stella.map(quoted).join(' ')} "$@"; }`
  const result = await reader.run(['sh', '-euc', `${self}\n${commands}`], {
    signal: AbortSignal.timeout(LONGEST_MS),
    maxBytes: MOST_BYTES,
    env: { ...reader.env, STELLA_DATA: dataFolder },
  })
  if (result.exitCode === 0) return result.stdout
  const said = result.stderr.trim().split('\n').at(-1) ?? ''
  throw new StellaError({
    exitCode: EXIT.unreachable,
    what: `${what} failed (${result.exitCode ?? result.outcome}): ${said.slice(0, 300)}`,
    todo: 'see what it names, and try again',
  })
}
