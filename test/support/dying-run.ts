/** Runs a runbook, and is killed as soon as the journal has so many lines. */
import { deskFor, workplace, orderFor } from './runs.ts'

const [folder = '', path = '', lines = '0', undoOnFailure = ''] = process.argv.slice(2)
let written = 0
const desk = deskFor({
  told: () => {
    if (++written === Number(lines)) process.kill(process.pid, 'SIGKILL')
  },
})
const order = { ...orderFor(path), undoOnFailure: undoOnFailure === 'true' }
await workplace(folder).start(path, order, desk)
