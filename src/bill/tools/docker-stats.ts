import type { GroupFigures } from '../figures.ts'
import { kindsOf } from './kinds.ts'
import { amount, listed, sentence } from './sentences.ts'
import { groupOfEngine } from './subject.ts'
import type { Tool } from './tool.ts'

/** MEM USAGE of `docker stats` (docker/cli, cli/command/container/stats_helpers.go, since 20.10). */
export const dockerStats: Tool = {
  name: 'docker stats',
  figure(inputs) {
    const group = groupOfEngine(inputs, 'docker')
    if (group === null) return null
    const { inactiveFileBytes, activeFileBytes, fileBytes } = kindsOf(group)
    const older = fileBytes === null ? null : Math.max(0, group.chargeBytes - fileBytes)
    return {
      tool: 'docker stats',
      bytes: withoutInactiveFile(group),
      formula:
        group.version === 1
          ? 'memory.usage_in_bytes - memory.stat total_inactive_file'
          : 'memory.current - memory.stat inactive_file',
      says: sentence(
        leftOut(group, inactiveFileBytes),
        listed(
          amount(activeFileBytes, 'of page cache on the active list (active_file) still count'),
        ),
        group.version === 1
          ? listed(
              amount(older, 'in versions before 20.10, which leave out all page cache and tmpfs'),
            )
          : null,
      ),
    }
  },
}

/** Where all of the charge is inactive page cache, the program does not subtract: it shows the charge. */
function withoutInactiveFile({ chargeBytes, stat }: GroupFigures): number {
  const inactive = stat.get('inactive_file') ?? 0
  return inactive < chargeBytes ? chargeBytes - inactive : chargeBytes
}

function leftOut({ chargeBytes }: GroupFigures, inactive: number | null): string {
  if (inactive === null) return 'memory.stat has no inactive_file here: nothing is left out'
  if (inactive >= chargeBytes)
    return 'all of the charge is inactive page cache, and then nothing is left out'
  const parts = amount(inactive, 'of page cache on the inactive list (inactive_file) are left out')
  return parts[0] ?? 'there is next to no page cache that could be left out'
}
