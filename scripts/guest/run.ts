/**
 * Runs a command in a guest of another kernel: `node scripts/guest/run.ts 6.1 'uname -r; cat /proc/pressure/memory'`.
 * The repository is at its own path, /out is written back to a folder whose name is printed when it is kept.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whyNoGuest, runGuest } from './guest.ts'
import { getKernel, KERNELS } from './kernels.ts'

const [name, command] = process.argv.slice(2)
const kernel = KERNELS.find((entry) => entry.name === name)
const reason = whyNoGuest()
if (reason !== null) {
  console.error(reason)
  process.exit(3)
}
if (kernel === undefined || command === undefined) {
  console.error(`usage: run.ts ${KERNELS.map((entry) => entry.name).join('|')} COMMAND`)
  process.exit(2)
}
const output = mkdtempSync(join(tmpdir(), 'stella-guest-out-'))
const result = await runGuest({ kernel: await getKernel(kernel.name), command, output })
process.stdout.write(result.stdout)
process.stderr.write(result.stderr)
console.error(`/out of the guest: ${output}`)
if (result.exitCode === null) console.error(result.kernelLog.split('\n').slice(-20).join('\n'))
process.exitCode = result.exitCode ?? 125
