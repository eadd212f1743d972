/**
 * The demo's program: takes memory until its anonymous memory is about the given MiB, says so, and waits.
 * It refuses to start where no memory limit holds for it.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const MIB = 2 ** 20
const wantedMib = Number(process.argv[2])
const limit = process.constrainedMemory()
process.title = 'demo-workload'

if (limit === 0 || limit > 1024 * MIB) {
  console.log('unlimited')
  process.exit(3)
}
const held: Buffer[] = []
while (anonymousMib() < wantedMib) {
  held.push(Buffer.alloc(4 * MIB, 1))
  await sleep(10)
}
console.log('has it all')
// Ended by the demo; by itself where the demo was killed and could not.
setTimeout(() => held.length, 10 * 60_000)

function anonymousMib(): number {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}
