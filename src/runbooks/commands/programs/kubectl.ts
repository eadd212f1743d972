import { bySubcommand, each, hasOption } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS = [
  ...['get', 'describe', 'logs', 'top', 'explain', 'version', 'events', 'api-resources', 'diff'],
  ...['rollout status', 'rollout history', 'auth can-i', 'config view', 'cluster-info'],
]
const CHANGES = [
  ...['apply', 'create', 'delete', 'edit', 'patch', 'replace', 'scale', 'set', 'label', 'annotate'],
  ...[
    'rollout',
    'drain',
    'cordon',
    'uncordon',
    'taint',
    'exec',
    'run',
    'cp',
    'autoscale',
    'config',
  ],
]

const bySubcommands = bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) })

export const KUBECTL: ProgramRule = {
  names: ['kubectl'],
  effect: (args) =>
    // It asks, and is answered what would become of it.
    hasOption(args, '--dry-run') && !args.includes('--dry-run=none')
      ? 'looks'
      : bySubcommands(args),
}
