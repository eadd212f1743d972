import { bySubcommand, each, hasOption } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS = [
  ...['why', 'bill', 'top', 'size', 'simulate', 'audit', 'verify', 'doctor', 'image'],
  // It writes what it has seen, and no more.
  ...['cases list', 'cases show', 'sbom analyze', 'record'],
  ...['scanner status', 'scanner queue', 'scanner stats', 'scanner logs', 'scanner limits'],
  ...['scanner gates list', 'scanner gates check', 'scanner plugins'],
  ...['scanner jobs list', 'scanner jobs show', 'scanner jobs details', 'scanner job details'],
  ...['scanner workers list', 'scanner workers stats', 'scanner workers inspect'],
  ...['scanner config get', 'scanner config list', 'scanner config history'],
  ...['runbook list', 'runbook show', 'runbook lint', 'runbook runs', 'runbook report', 'lab list'],
]
const CHANGES = ['scanner', 'cases', 'pressure', 'lab', 'runbook', 'serve', 'watch']

const bySubcommands = bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) })

export const STELLA: ProgramRule = {
  names: ['stella'],
  effect(args) {
    const [command] = args
    // It changes only what it is told to.
    if (command === 'fix') return hasOption(args, '--apply', '--undo') ? 'changes' : 'looks'
    if (command === 'audit' && hasOption(args, '--fix')) return 'changes'
    if (command === 'record' && hasOption(args, '--export')) return 'changes'
    // A scan writes what is known of layers, and no more; but a job that is tried again is another one from then on.
    if (command === 'scan') {
      return hasOption(args, '--retry') && !hasOption(args, '--here') ? 'changes' : 'looks'
    }
    return bySubcommands(args)
  },
}
