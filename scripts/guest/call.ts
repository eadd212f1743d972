import { liveEngine } from '../../src/cli/live-engine.ts'
import { runCommandLine } from '../../src/cli/main.ts'
import { capturedIo } from '../../test/support/captured-io.ts'
import type { Said } from '../../test/support/captured-io.ts'

/** Asks stella inside this process: under emulation a program of its own takes longer to start than to answer. */
export async function call(...args: readonly string[]): Promise<Said> {
  const said: Said = { code: 0, out: '', err: '' }
  said.code = await runCommandLine(
    args,
    capturedIo(said, { env: process.env }),
    async () => liveEngine,
  )
  return said
}
