import { bySubcommand, each, subjects } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS = [
  ...['marathon app list', 'marathon app show', 'marathon app version list', 'marathon task list'],
  ...['marathon task show', 'marathon deployment list', 'marathon debug', 'marathon about'],
  ...['marathon pod list', 'marathon pod show', 'task', 'task list', 'task log', 'task ls'],
  ...['task metrics', 'service', 'service log', 'node', 'node list', 'node log', 'node metrics'],
  ...['cluster list', 'config show'],
]
const CHANGES = [
  ...['marathon', 'task attach', 'task exec', 'task download', 'service shutdown', 'node ssh'],
  ...[
    'node drain',
    'node decommission',
    'node diagnostics',
    'package',
    'config',
    'cluster',
    'auth',
  ],
]

const bySubcommands = bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) })

/** The command line of DC/OS, which reached its end of life in 2021 and still runs. */
export const DCOS: ProgramRule = {
  names: ['dcos'],
  effect(args, effectOf) {
    const [first, second, , ...inside] = subjects(args)
    // `task exec TASK PROGRAM …` looks where the same program would outside; an option of exec's own is not known.
    const isExec = first === 'task' && second === 'exec' && args[2]?.startsWith('-') === false
    if (isExec && inside.length > 0 && effectOf(args.slice(3)) === 'looks') return 'looks'
    return bySubcommands(args)
  },
}
