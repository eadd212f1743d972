import { run, until } from './testbed.ts'

/** The kernel prints ten full reports in five seconds (DEFAULT_RATELIMIT_BURST, _INTERVAL), and of more kills one line each. */
const BURST = 10
const INTERVAL_SECONDS = 5
/** Reports that one test makes, and another one beside it. */
const RESERVE = 4

/** Waits until the kernel will print the whole report of the next kills: others on this machine make some, too. */
export async function roomForReports(): Promise<void> {
  await until(
    'the kernel prints full reports again',
    () => recentKills() + RESERVE <= BURST,
    60_000,
  )
}

function recentKills(): number {
  const now = Number(process.hrtime.bigint()) / 1e9
  const times = run(['dmesg']).matchAll(/^\[ *(\d+\.\d+)\].*Killed process \d+/gm)
  return [...times].filter(([, time]) => now - Number(time) <= 2 * INTERVAL_SECONDS).length
}
