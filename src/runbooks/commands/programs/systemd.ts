import { bySubcommand, each } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS = [
  ...['show', 'status', 'cat', 'is-active', 'is-enabled', 'is-failed'],
  ...['list-units', 'list-dependencies', 'list-unit-files'],
]
const CHANGES = [
  ...['start', 'stop', 'restart', 'reload', 'kill', 'set-property', 'enable', 'disable', 'mask'],
  ...['unmask', 'daemon-reload', 'edit', 'revert', 'isolate', 'reset-failed'],
]

export const SYSTEMD: ProgramRule = {
  names: ['systemctl'],
  effect: bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) }),
}
