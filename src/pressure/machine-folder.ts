import { join } from 'node:path'

/** Where it is known to all stellas of a machine that one experiments; it is empty after a start of the machine. */
export function machineFolder(
  env: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): string {
  return isRoot ? '/run/stella' : join(env['XDG_RUNTIME_DIR'] ?? '/tmp', 'stella')
}
