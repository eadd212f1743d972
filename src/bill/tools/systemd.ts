import type { Tool } from './tool.ts'

/** `systemd-cgtop` and the line Memory of `systemctl status` (systemd, src/cgtop/cgtop.c, src/core/cgroup.c). */
export const systemd: Tool = {
  name: 'systemd-cgtop',
  figure({ group }) {
    if (group === null) return null
    return {
      tool: 'systemd-cgtop, systemctl status',
      bytes: group.chargeBytes,
      formula: group.version === 1 ? 'memory.usage_in_bytes' : 'memory.current',
      says: 'this is the charge, page cache and all; so a service that reads files looks large',
    }
  },
}
