/**
 * Runs in a guest: sets the machine up wrongly on purpose, lets `stella doctor fix` mend it and take it back, and writes down what
 * it answered. `node scripts/guest/inside-doctor.ts`
 */
import type { Said } from '../../test/support/captured-io.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { call } from './call.ts'

const WRONG = {
  'vm/panic_on_oom': '2',
  'vm/oom_kill_allocating_task': '1',
  'vm/swappiness': '0',
}
const DATA = ['--data', '/tmp/stella']

const stella = (...args: readonly string[]): Promise<Said> => call(...args, ...DATA, '--json')

function settings(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(WRONG).map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]),
  )
}

interface Made {
  mendings: readonly { record: { id: string } }[]
}

for (const [name, value] of Object.entries(WRONG)) writeFileSync(`/proc/sys/${name}`, value)
mkdirSync('/tmp', { recursive: true })
const host = await stella('doctor', '--check', 'host')
const plan = await stella('doctor', 'fix', '--check', 'host.settings')
const planned = settings()
const made = await stella('doctor', 'fix', '--check', 'host.settings', '--apply')
const mended = settings()
const again = await stella('doctor', 'fix', '--check', 'host.settings', '--apply')
const { mendings }: Made = JSON.parse(made.out)
for (const { record } of mendings.toReversed()) {
  await stella('doctor', 'fix', '--undo', record.id)
}
const undone = settings()
const answers = Object.fromEntries(
  Object.entries({ host, plan, made, again }).map(([name, { code, out }]) => [
    name,
    { code, answer: JSON.parse(out) },
  ]),
)
writeFileSync('/out/doctor.json', JSON.stringify({ ...answers, planned, mended, undone }))
